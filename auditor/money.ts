/** What a job's seats have earned and been paid, from the chain alone. protocol.md §5.2 */
import type { Payouts } from '#protocol/manifests.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { noPayouts, type PayoutLeaf } from '#protocol/rules/payouts.ts';
import type { AuditFacts } from './facts.ts';

/** In base units; `owed` is all that was earned, paid or not. */
export type SeatMoney = Readonly<{ seat: number; units: number; owed: bigint; claimed: bigint }>;

/** The payouts after each settled round. */
export const earningsOf = ({ job }: AuditFacts): Payouts[] =>
  earnedPayouts(
    job,
    job.settlements.map(({ participants }) => participants),
  );

/** In seat order. @param earnings from `earningsOf` */
export function moneyOf({ job, claims }: AuditFacts, earnings: readonly Payouts[]): SeatMoney[] {
  const earned: readonly PayoutLeaf[] = earnings.at(-1)?.leaves ?? noPayouts(job.seats.length);
  return job.seats.map(({ seat, price }) => {
    const leaf = earned[seat];
    const paid = claims.filter((claim) => claim.seat === seat);
    return {
      seat,
      units: leaf?.units ?? 0,
      owed: BigInt(leaf?.units ?? 0) * price + BigInt(leaf?.bonus ?? 0),
      claimed: paid.reduce((sum, { amount }) => sum + amount, 0n),
    };
  });
}
