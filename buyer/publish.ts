/** Builds a job's blocks from a plan and puts them into the buyer's IPFS node. protocol.md §6.1, §6.2 */
import type { CID } from 'multiformats/cid';
import type { Contracts } from '#contracts/connect.ts';
import { TributaryError } from '#crypto/error.ts';
import { checkWeight, wordBits } from '#crypto/parameters.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { fitFlaw } from '#model/fits-recipe.ts';
import { putInitialModel } from '#model/model-store.ts';
import { parseTopology, type Topology } from '#model/topology.ts';
import { fromParameters, toParameters, toSparseTerms } from '#protocol/aggregation.ts';
import { largestRoster } from '#protocol/rules/sparse.ts';
import { toError } from '#protocol/flaw.ts';
import type { Aggregation, JobManifest } from '#protocol/manifests.ts';
import type { Address } from '#protocol/units.ts';
import { assertAccepted, type SeatTerms } from './acceptance.ts';
import { readDescriptor } from './catalogue.ts';
import type { Plan } from './plan.ts';
import type { QuoteLine } from './quote.ts';

/** Of one seat to be. */
type Described = SeatTerms & Readonly<{ line: QuoteLine; link: CID }>;

/**
 * Stores topology, initial weights, recipe, aggregation and terms, and pins them. The same plan and the same offers
 * give the same terms.
 *
 * @param lines the quote's, ascending by dataset
 * @returns the terms' CID
 * @throws TributaryError `launch/too-few-datasets`, `launch/too-many-datasets`, `launch/other-columns`,
 *   `launch/refused-by-policy`, `launch/bad-plan`, `escrow/arbiter-not-listed`, `launch/same-owner`, `job/model-mismatch`, `parameters/…`, `model/…`, `descriptor/…`,
 *   `ipfs/…`
 */
export async function publishTerms(
  contracts: Contracts,
  store: BlockStore,
  buyer: Address,
  plan: Plan,
  lines: readonly QuoteLine[],
): Promise<CID> {
  const topology = parseTopology(plan.topology);
  assertSize(plan, topology, lines.length);
  const described: Described[] = [];
  for (const line of lines) described.push(await describe(contracts, store, line));
  assertAccepted(plan, topology, described);

  const aggregation = aggregationOf(plan, topology, described);
  const topologyLink = await store.put('raw', new TextEncoder().encode(plan.topology));
  const model = await putInitialModel(store, topologyLink, topology, plan.seed);
  const terms = await writeBlock(store, {
    kind: 'tributary/job',
    version: 2,
    chainId: contracts.deployment.chainId,
    escrow: contracts.deployment.escrow,
    buyer,
    coordinator: plan.coordinator,
    datasets: described.map(({ line, link, descriptor }) => ({
      dataset: line.dataset,
      token: line.token,
      units: line.units,
      descriptor: link,
      weight: descriptor.rowsBucket,
    })),
    recipe: await writeBlock(store, plan.recipe),
    aggregation: await writeBlock(store, aggregation),
    model: model.cid,
    seed: plan.seed,
    rounds: plan.rounds,
    minimumCohort: plan.minimumCohort,
    phases: plan.phases,
    bonusPool: plan.bonusPool,
    evidence: plan.evidence,
  } satisfies JobManifest);
  await store.pin(terms);
  return terms;
}

async function describe(contracts: Contracts, store: BlockStore, line: QuoteLine): Promise<Described> {
  const { link, owner, descriptor } = await readDescriptor(contracts, store, line.dataset);
  return { line, link, owner, descriptor, dataset: line.dataset, price: line.price };
}

function assertSize(
  { minimumCohort, recipe, aggregation }: Plan,
  topology: Topology,
  datasets: number,
): void {
  if (datasets < minimumCohort) {
    throw new TributaryError(
      'launch/too-few-datasets',
      `${datasets} datasets can't make a cohort of ${minimumCohort}: add some`,
    );
  }
  const most = largestRoster(aggregation.sparse);
  if (datasets > most) {
    throw new TributaryError(
      'launch/too-many-datasets',
      `a job with these terms has at most ${most} datasets, not ${datasets}`,
    );
  }
  const misfit = fitFlaw(topology, recipe);
  if (misfit) throw toError(misfit);
}

/** Weights are the descriptors' buckets, the largest counting as one. */
function aggregationOf(
  { aggregation }: Plan,
  topology: Topology,
  described: readonly Described[],
): Aggregation {
  const weights = described.map(({ descriptor }) => descriptor.rowsBucket);
  const block: Aggregation = {
    kind: 'tributary/aggregation',
    version: 2,
    ...aggregation,
    dimension: topology.dimension,
    maxWeight: Math.max(...weights),
  };
  const parameters = toParameters(block);
  for (const weight of weights) checkWeight(weight, parameters);
  wordBits(parameters.bits, described.length);
  return fromParameters(parameters, aggregation.rounding, toSparseTerms(block));
}
