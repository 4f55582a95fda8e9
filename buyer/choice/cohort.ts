/** The owners that would all train together, and the cheapest of them. protocol.md §4.2 */
import { feeOf } from '#contracts/fees.ts';
import { cohortRefusal } from '#datasets/policy.ts';
import type { Offer } from '../offers.ts';
import type { Listing } from '../catalogue.ts';

/** A dataset with the offer to buy from. */
export type Candidate = Readonly<{ listing: Listing; offer: Offer }>;

/** The cheapest first; of equal prices the lower dataset. */
export const byPrice = (a: Candidate, b: Candidate): number =>
  a.offer.price < b.offer.price
    ? -1
    : a.offer.price > b.offer.price
      ? 1
      : a.listing.dataset - b.listing.dataset;

/** What a round with all of them costs. @param fee basis points on each price */
export const priceOf = (candidates: readonly Candidate[], fee: number): bigint =>
  candidates.reduce((sum, { offer: { price } }) => sum + price + feeOf(price, fee), 0n);

/**
 * The largest set in which every owner finds the peers that it vouches for. Others do no harm in a cohort, so who is
 * refused in it is refused in each part of it, and can go.
 */
export function closed(candidates: readonly Candidate[]): readonly Candidate[] {
  const owners = candidates.map(({ listing }) => listing.owner);
  const content = candidates.filter(
    ({ listing: { owner, descriptor } }) => cohortRefusal(descriptor.policy, owner, owners) === null,
  );
  return content.length === candidates.length ? candidates : closed(content);
}

/**
 * Leaves out the dearest until a round costs no more than `most`, and never so that fewer than `least` are left; one
 * whom the others can't do without stays.
 *
 * @param most base units a round
 * @param fee basis points on each price
 * @returns ascending by price; null where none is found
 */
export function affordable(
  candidates: readonly Candidate[],
  most: bigint,
  least: number,
  fee: number,
): readonly Candidate[] | null {
  let chosen = closed([...candidates].sort(byPrice));
  if (chosen.length < least) return null;
  while (priceOf(chosen, fee) > most) {
    const fewer = withoutDearest(chosen, least);
    if (!fewer) return null;
    chosen = fewer;
  }
  return chosen;
}

function withoutDearest(chosen: readonly Candidate[], least: number): readonly Candidate[] | null {
  for (const dear of [...chosen].reverse()) {
    const fewer = closed(chosen.filter((candidate) => candidate !== dear));
    if (fewer.length >= least) return fewer;
  }
  return null;
}
