/** Which of a job's rounds pays a seat the most: the last, unless its root is another than what was earned. protocol.md §5.2 */
import { TributaryError } from '#crypto/error.ts';
import type { JobFacts, SeatOnChain, SettlementOnChain } from '#contracts/job-facts.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import type { PayoutLeaf } from '#protocol/rules/payouts.ts';
import { fromAmount } from '#protocol/units.ts';
import { settledLeaves, type LeafSources } from './leaves.ts';

export type PayingRound = Readonly<{
  settlement: SettlementOnChain;
  leaves: readonly PayoutLeaf[];
  /** Cumulative, in base units. */
  earned: bigint;
}>;

export type Found = Readonly<{
  best: PayingRound | null;
  /** Rounds that pay other amounts than were earned, and whose leaves nobody has. */
  unreadable: readonly number[];
}>;

/**
 * Looks from the last round back to the first root that is what the chain's bitmaps give: none before it pays more. A
 * root that is not may pay this seat less, or its leaves may be nowhere; then an earlier round pays what it can.
 *
 * @param rounds of `facts.settlements`, ascending
 * @throws TributaryError as `settledLeaves`, where there are rounds and none of them can be read
 */
export async function payingRound(
  from: LeafSources,
  facts: JobFacts,
  seat: SeatOnChain,
  rounds: readonly SettlementOnChain[],
): Promise<Found> {
  const bitmaps = facts.settlements.map(({ participants }) => participants);
  const truth = earnedPayouts(facts, bitmaps);
  const unreadable: number[] = [];
  let best: PayingRound | null = null;
  let failure: TributaryError | null = null;
  for (const settlement of rounds.toReversed()) {
    const { round, payoutRoot } = settlement;
    try {
      const leaves = await settledLeaves(from, facts, settlement);
      const earned = earnedBy(seat, leaves, round);
      if (!best || earned > best.earned) best = { settlement, leaves, earned };
      if (truth[round - 1]?.root === payoutRoot) break;
    } catch (error) {
      if (!(error instanceof TributaryError)) throw error;
      failure ??= error;
      unreadable.unshift(round);
    }
  }
  if (failure && !best) throw failure;
  return { best, unreadable };
}

/** What leaves pay a seat: no more units than it has, nor more than rounds went by. In base units. */
export function earnedBy(seat: SeatOnChain, leaves: readonly PayoutLeaf[], round: number): bigint {
  const leaf = leaves[seat.seat];
  return leaf ? worth(seat, Math.min(leaf.units, seat.units, round), fromAmount(leaf.bonus)) : 0n;
}

/** In base units. */
export const worth = ({ price }: SeatOnChain, units: number, bonus: bigint): bigint =>
  BigInt(units) * price + bonus;
