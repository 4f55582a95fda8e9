/** What a job's seats have earned and been paid, and where its deposit is, from the chain alone. protocol.md §5.2 */
import { feeOf } from '#contracts/fees.ts';
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

/** Where a job's deposit is, in base units: what went out by events, what is left by what the escrow keeps of each seat. */
export type Balance = Readonly<{
  /** Units with their fees, and the bonus pool. */
  deposited: bigint;
  claimed: bigint;
  /** Credited to the buyer. */
  returned: bigint;
  /** Credited to the deployment. */
  fees: bigint;
  /** Fees of claimed units that were not credited yet. */
  feesDue: bigint;
  /** Units and bonus that can still be claimed or go back to the buyer. */
  open: bigint;
}>;

export function balanceOf({ job, claims, out }: AuditFacts): Balance {
  const posted = job.settlements.length;
  const ended = job.state === 'closed' || job.state === 'cancelled';
  let [deposited, feesDue, open] = [job.bonusPool, 0n, 0n];
  for (const { price, units, claimedUnits, refundedUnits, collectedUnits } of job.seats) {
    const fee = feeOf(price, job.fee);
    deposited += BigInt(units) * (price + fee);
    feesDue += BigInt(claimedUnits - collectedUnits) * fee;
    const most = ended ? Math.min(units, posted) : units;
    open += BigInt(most - claimedUnits - refundedUnits) * (price + fee);
  }
  const bonus = ended ? (job.bonusPool / BigInt(job.rounds)) * BigInt(posted) : job.bonusPool;
  const claimedBonus = job.seats.reduce((sum, seat) => sum + seat.claimedBonus, 0n);
  return {
    deposited,
    claimed: claims.reduce((sum, { amount }) => sum + amount, 0n),
    returned: out.ended + out.unearned + out.bonus,
    fees: out.fees,
    feesDue,
    open: open + bonus - claimedBonus - out.bonus,
  };
}
