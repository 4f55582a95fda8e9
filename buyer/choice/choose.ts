/**
 * Which datasets a budget buys, for how many rounds, and why: the same offers give the same choice. protocol.md §4.2, §5.1
 * As many owners as the budget affords for `goal` rounds, the cheapest first; where it affords too few, for fewer
 * rounds; then as many rounds as are left in it. Units that the buyer holds count at their price.
 */
import { LARGEST_SPARSE } from '#protocol/rules/sparse.ts';
import { TributaryError } from '#crypto/error.ts';
import { termsRefusal } from '#datasets/policy.ts';
import type { Address } from '#protocol/units.ts';
import type { Listing } from '../catalogue.ts';
import type { Offer } from '../offers.ts';
import { affordable, byPrice, closed, priceOf, type Candidate } from './cohort.ts';
import type { Group, LeftOut } from './groups.ts';

export type Purse = Readonly<{
  /** Base units that the job may cost, the bonus and the fee included; null sets no bound. */
  budget: bigint | null;
  bonusPool: bigint;
  /** Basis points of a unit's price, on top of it. */
  fee: number;
  /** Null for the most that the budget affords. */
  rounds: number | null;
  minimumCohort: number;
  /** Class names of the model's layers. */
  layers: readonly string[];
  coordinator: Address;
  /** Units of a token that the buyer holds. */
  held: (token: number) => bigint;
}>;

export type Choice = Readonly<{
  columns: readonly string[];
  label: string;
  /** Ascending by dataset, as seats must be. */
  chosen: readonly Candidate[];
  rounds: number;
  /** Base units, the bonus and the fee included. */
  cost: bigint;
  leftOut: readonly LeftOut[];
}>;

/** Rounds that a job should have before more rounds are preferred to more owners. */
const goal = 10;
const mostRounds = 65_535;
const mostSeats = LARGEST_SPARSE;

/**
 * @throws TributaryError `choice/no-datasets` where too few would take part at any price, `choice/budget-too-small`,
 *   `choice/no-rounds` where neither rounds nor budget say how many
 */
export function choose(groups: readonly Group[], purse: Purse): Choice {
  if (purse.budget === null && purse.rounds === null) {
    throw new TributaryError('choice/no-rounds', 'say how many rounds to run, or what they may cost in all');
  }
  const found = groups.flatMap((group) => chooseFrom(group, purse) ?? []);
  const best = found.sort(
    (a, b) =>
      b.chosen.length - a.chosen.length ||
      b.rounds - a.rounds ||
      (a.cost < b.cost ? -1 : a.cost > b.cost ? 1 : 0),
  )[0];
  if (best) return { ...best, leftOut: [...best.leftOut, ...others(groups, best)] };
  throw refusalOf(groups, purse);
}

const goalsOf = ({ rounds }: Purse): number[] =>
  rounds === null ? Array.from({ length: goal }, (_, at) => goal - at) : [rounds];

function chooseFrom(group: Group, purse: Purse): Choice | null {
  for (const rounds of goalsOf(purse)) {
    const { willing, leftOut } = willingAt(group.listings, rounds, purse);
    const taken = affordable(willing, perRound(purse, rounds), purse.minimumCohort, purse.fee);
    if (!taken) continue;
    const most = purse.rounds ?? roundsFor(taken, purse);
    return {
      columns: group.columns,
      label: group.label,
      chosen: [...taken].sort((a, b) => a.listing.dataset - b.listing.dataset),
      rounds: most,
      cost: priceOf(taken, purse.fee) * BigInt(most) + purse.bonusPool,
      leftOut: [...leftOut, ...unaffordable(willing, taken, rounds)],
    };
  }
  return null;
}

/** Base units that a round may cost. */
function perRound({ budget, bonusPool }: Purse, rounds: number): bigint {
  if (budget === null) return 2n ** 256n;
  return budget < bonusPool ? -1n : (budget - bonusPool) / BigInt(rounds);
}

const unitsOf = ({ left, token }: Offer, held: Purse['held']): bigint => BigInt(left) + held(token);

/** One candidate an owner: those whose own terms the job meets, from the cheapest offer with units enough. */
function willingAt(
  listings: readonly Listing[],
  rounds: number,
  { layers, coordinator, held }: Purse,
): Readonly<{ willing: Candidate[]; leftOut: LeftOut[] }> {
  const candidates: Candidate[] = [];
  const leftOut: LeftOut[] = [];
  for (const listing of listings) {
    const { dataset, descriptor, offers } = listing;
    const refusal = (pricePerRound: bigint) =>
      termsRefusal(descriptor.policy, { pricePerRound, rounds, layers, coordinator });
    const stocked = offers.filter((offer) => unitsOf(offer, held) >= BigInt(rounds));
    const offer = stocked.find(({ price }) => refusal(price) === null);
    if (offer) candidates.push({ listing, offer });
    else if (!stocked[0]) leftOut.push({ dataset, why: `it has no offer of ${rounds} units` });
    else
      leftOut.push({
        dataset,
        why: `its owner would refuse the terms (${String(refusal(stocked[0].price))})`,
      });
  }
  const willing: Candidate[] = [];
  for (const candidate of candidates.sort(byPrice)) {
    const { dataset, owner } = candidate.listing;
    if (willing.some(({ listing }) => listing.owner === owner)) {
      leftOut.push({ dataset, why: 'its owner has a cheaper dataset here, and takes one seat in a round' });
    } else if (willing.length === mostSeats) {
      leftOut.push({ dataset, why: `a job has at most ${mostSeats} datasets` });
    } else willing.push(candidate);
  }
  return { willing, leftOut };
}

/** The most rounds that the budget, the owners' policies and their offers allow. */
function roundsFor(taken: readonly Candidate[], { budget, bonusPool, fee, held }: Purse): number {
  const price = priceOf(taken, fee);
  const bounds = taken.flatMap(({ listing: { descriptor }, offer }) => [
    BigInt(descriptor.policy.maximumRounds),
    unitsOf(offer, held),
  ]);
  if (budget !== null && price > 0n) bounds.push((budget - bonusPool) / price);
  return Number(bounds.reduce((least, bound) => (bound < least ? bound : least), BigInt(mostRounds)));
}

function unaffordable(willing: readonly Candidate[], taken: readonly Candidate[], rounds: number): LeftOut[] {
  const content = closed(willing);
  return willing
    .filter((candidate) => !taken.includes(candidate))
    .map((candidate) => ({
      dataset: candidate.listing.dataset,
      why: content.includes(candidate)
        ? `the budget does not reach it for ${rounds} rounds`
        : 'too few of the others are owners that it vouches for',
    }));
}

const others = (groups: readonly Group[], best: Choice): LeftOut[] =>
  groups
    .filter(({ columns, label }) => columns !== best.columns || label !== best.label)
    .flatMap(({ listings }) =>
      listings.map(({ dataset }) => ({ dataset, why: 'its columns are not those of the others' })),
    );

/** Says whether money is what is missing. */
function refusalOf(groups: readonly Group[], purse: Purse): TributaryError {
  const { budget, minimumCohort } = purse;
  const rich = { ...purse, budget: null, rounds: purse.rounds ?? 1 };
  const costs = groups.flatMap((group) => {
    const { willing } = willingAt(group.listings, rich.rounds, rich);
    return least(willing, minimumCohort, purse.fee) ?? [];
  });
  const [cheapest] = costs.sort((a, b) => (a < b ? -1 : 1));
  if (budget !== null && cheapest !== undefined) {
    const needed = cheapest * BigInt(rich.rounds) + purse.bonusPool;
    return new TributaryError(
      'choice/budget-too-small',
      `${rich.rounds} round${rich.rounds === 1 ? '' : 's'} with ${minimumCohort} owners cost ${needed} base units, the budget is ${budget}: raise it, or run fewer rounds`,
    );
  }
  const reasons = groups.flatMap(({ listings }) => {
    const { willing, leftOut } = willingAt(listings, rich.rounds, rich);
    return [...leftOut, ...unaffordable(willing, closed(willing), rich.rounds)];
  });
  return new TributaryError(
    'choice/no-datasets',
    [
      `fewer than ${minimumCohort} owners would train this together: see tributary buyer datasets, or change the model`,
      ...reasons.slice(0, 10).map(({ dataset, why }) => `dataset ${dataset}: ${why}`),
    ].join('\n'),
  );
}

/** What the cheapest set that is large enough costs a round. */
function least(willing: readonly Candidate[], minimumCohort: number, fee: number): bigint | null {
  let chosen = affordable(willing, 2n ** 256n, minimumCohort, fee);
  if (!chosen) return null;
  for (
    let fewer: readonly Candidate[] | null = chosen;
    fewer;
    fewer = affordable(chosen, priceOf(chosen, fee) - 1n, minimumCohort, fee)
  ) {
    chosen = fewer;
  }
  return priceOf(chosen, fee);
}
