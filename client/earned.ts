/** What the rounds so far earned, from nothing but the chain: bitmaps, prices, bonus pool. protocol.md §5.2 */
import type { JobFacts } from '#contracts/job-facts.ts';
import type { Payouts } from '#protocol/manifests.ts';
import { earnedPayouts as earnedByRound } from '#protocol/rules/earned.ts';

/** @returns the leaves after the last settled round, or null before the first */
export const earnedPayouts = (
  facts: Pick<JobFacts, 'job' | 'rounds' | 'bonusPool' | 'seats' | 'settlements'>,
): Payouts | null =>
  earnedByRound(
    facts,
    facts.settlements.map(({ participants }) => participants),
  ).at(-1) ?? null;
