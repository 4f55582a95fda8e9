/** What the rounds so far earned, from nothing but the chain: bitmaps, prices, bonus pool. protocol.md §5.2 */
import type { JobFacts } from '#contracts/job-facts.ts';
import type { Payouts } from '#protocol/manifests.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { noPayouts, payoutsAfter } from '#protocol/rules/payouts.ts';

/** @returns the leaves after the last settled round, or null before the first */
export function earnedPayouts(
  facts: Pick<JobFacts, 'job' | 'rounds' | 'bonusPool' | 'seats' | 'settlements'>,
): Payouts | null {
  const { job, rounds, bonusPool, seats } = facts;
  let earned: Payouts | null = null;
  for (const { participants } of facts.settlements) {
    const before = earned?.leaves ?? noPayouts(seats.length);
    earned = payoutsAfter({ job, rounds, bonusPool, seats }, before, seatsOf(participants));
  }
  return earned;
}
