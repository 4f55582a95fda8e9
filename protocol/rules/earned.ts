/** What the rounds of a job earned, from nothing but what the chain holds. protocol.md §5.2 */
import type { Payouts } from '../manifests.ts';
import type { Hex } from '../units.ts';
import { seatsOf } from './bitmap.ts';
import { noPayouts, payoutsAfter, type PayoutLeaf, type PayoutRule } from './payouts.ts';

/** @param bitmaps of the settled rounds, in order @returns the payouts after each of them */
export function earnedPayouts(rule: PayoutRule, bitmaps: readonly Hex[]): Payouts[] {
  let leaves: readonly PayoutLeaf[] = noPayouts(rule.seats.length);
  return bitmaps.map((participants) => {
    const payouts = payoutsAfter(rule, leaves, seatsOf(participants));
    ({ leaves } = payouts);
    return payouts;
  });
}
