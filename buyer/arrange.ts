/** From wishes to a plan with a fixed quote: finds datasets, checks policies, designs the job. Nothing is signed. protocol.md §5.1, §6.5 */
import { TributaryError } from '#crypto/error.ts';
import { recipeFlaw } from '#datasets/encoding/fits.ts';
import { classNamesOf, parseTopology } from '#model/topology.ts';
import { conditionsNow, type JobConditions } from '#contracts/opening-conditions.ts';
import { toAmount, type Address } from '#protocol/units.ts';
import { readCatalogue, type Catalogue, type Listing } from './catalogue.ts';
import { choose, type Choice } from './choice/choose.ts';
import { groupsOf, type Group, type LeftOut } from './choice/groups.ts';
import { designJob, type Design, type Wishes } from './design/design.ts';
import { layersOf, schemaFor } from './design/request.ts';
import { heldUnits } from './held-units.ts';
import { parsePlan, type Plan } from './plan.ts';
import { assertAgreed, quoteJob, tokensOf, type Agreement, type Quote } from './quote.ts';
import type { Running } from './running.ts';
import type { BuyerSetting } from './setting.ts';
import { assertSparseRuns } from './sparse-terms.ts';

export type JobWishes = Readonly<{
  /** A model to design a job for, or a job that is designed. */
  what: Wishes | Design;
  label: string | null;
  columns: readonly string[] | null;
  /** Exactly these; null to choose. */
  datasets: readonly number[] | null;
  /** Answers the job's disputes; the deployment's first arbiter where it is left out. */
  arbiter?: Address | undefined;
  /** Base units in all, the bonus and the fee included; null sets no bound. */
  budget: bigint | null;
  rounds: number | null;
  bonusPool: bigint;
  running: Running;
}>;

export type Arranged = Readonly<{ plan: Plan; quote: Quote; choice: Choice; agreed: Agreement }>;

/**
 * @param onRead told after each descriptor
 * @throws TributaryError `escrow/opening-is-paused`, `escrow/arbiter-not-listed`, `choice/…`, `design/…`, `quote/…`, `launch/bad-plan`, `launch/round-timeout-too-short`,
 *   `parameters/no-safe-graph`, `job/model-mismatch`, `model/…`, `data/…`,
 *   `chain/…`, `ipfs/…`
 */
export async function arrangeJob(
  { contracts, store }: Pick<BuyerSetting, 'contracts' | 'store'>,
  wishes: JobWishes,
  onRead?: (read: number, of: number) => void,
): Promise<Arranged> {
  const { what, datasets, rounds, budget, bonusPool, running } = wishes;
  const conditions = await conditionsNow(contracts, wishes.arbiter);
  const catalogue = await readCatalogue(contracts, store, datasets, onRead);
  if (datasets) assertAllRead(catalogue, datasets);
  const { groups, leftOut } = candidatesFor(catalogue.listings, wishes);
  const layers = 'model' in what ? layersOf(what.model) : classNamesOf(parseTopology(what.topology));
  const tokens = catalogue.listings.flatMap(({ offers }) => offers.map(({ token }) => token));
  const found = choose(groups, {
    budget,
    bonusPool,
    fee: conditions.fee,
    rounds,
    minimumCohort: running.minimumCohort,
    layers,
    coordinator: running.coordinator.address,
    held: await heldUnits(contracts, contracts.account, tokens),
  });
  const choice = { ...found, leftOut: [...leftOut, ...found.leftOut] };
  if (datasets) assertAllTaken(choice, datasets);
  const described = choice.chosen.map(({ listing }) => listing.descriptor);
  const design = 'model' in what ? await designJob(what, choice.columns, choice.label, described) : what;
  const plan = parsePlan({
    datasets: choice.chosen.map(({ listing }) => listing.dataset),
    rounds: choice.rounds,
    bonusPool: toAmount(bonusPool),
    ...design,
    ...running,
  });
  await assertSparseRuns(contracts, plan);
  const agreed = agreementOf(choice, conditions, budget);
  const wanted = { datasets: plan.datasets, rounds: plan.rounds, bonusPool, conditions };
  const quote = await quoteJob(contracts, contracts.account, wanted, tokensOf(agreed));
  assertAgreed(quote, agreed);
  return { plan, quote, choice, agreed };
}

const agreementOf = (
  { chosen, rounds }: Choice,
  conditions: JobConditions,
  limit: bigint | null,
): Agreement => ({
  conditions,
  lines: chosen.map(({ listing: { dataset }, offer: { token, price } }) => ({
    dataset,
    token,
    price,
    units: rounds,
  })),
  limit,
});

function candidatesFor(
  listings: readonly Listing[],
  { what, label, columns }: JobWishes,
): Readonly<{ groups: Group[]; leftOut: LeftOut[] }> {
  if ('model' in what) return groupsOf(listings, schemaFor(what.model, { label, columns }));
  const { recipe } = what;
  const leftOut = listings.flatMap(({ dataset, descriptor }) => {
    const misfit = recipeFlaw(descriptor, recipe);
    return misfit ? [{ dataset, why: misfit.detail }] : [];
  });
  const fitting = listings.filter(({ dataset }) => !leftOut.some((other) => other.dataset === dataset));
  const names = recipe.features.map(({ name }) => name);
  return { groups: [{ columns: names, label: recipe.label.name, listings: fitting }], leftOut };
}

function assertAllRead({ listings, unreadable }: Catalogue, datasets: readonly number[]): void {
  const [bad] = unreadable;
  if (bad)
    throw new TributaryError('choice/left-out', leftOutText([{ dataset: bad.dataset, why: bad.message }]));
  const missing = datasets.filter((wanted) => !listings.some(({ dataset }) => dataset === wanted));
  if (missing.length === 0) return;
  throw new TributaryError(
    'choice/left-out',
    leftOutText(missing.map((dataset) => ({ dataset, why: 'it is not for sale' }))),
  );
}

/** Who names datasets wants all of them. */
function assertAllTaken({ chosen, leftOut }: Choice, datasets: readonly number[]): void {
  if (chosen.length === datasets.length) return;
  throw new TributaryError('choice/left-out', leftOutText(leftOut));
}

const leftOutText = (leftOut: readonly LeftOut[]): string =>
  ['these datasets can not take part: leave them out, or change the terms']
    .concat(leftOut.map(({ dataset, why }) => `dataset ${dataset}: ${why}`))
    .join('\n');
