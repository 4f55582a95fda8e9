/** Every way out of a job for its buyer: cancel, close, refunds, and taking the credits home. protocol.md §5 */
import type { SendingContracts } from '#contracts/connect.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import type { Mined } from '#contracts/transact.ts';
import { TributaryError } from '#crypto/error.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { payoutProof } from '#protocol/rules/payouts.ts';
import { fromAmount, toBytes32 } from '#protocol/units.ts';

/** Leaves with proofs in one transaction: each takes some 60,000 gas. */
const leavesAtOnce = 100;

/** An open job ends at once; an active one after the round that is under way. @throws TributaryError `escrow/…` */
export const cancelJob = ({ escrow }: SendingContracts, job: number): Promise<Mined> =>
  escrow.send.cancel(BigInt(job));

/** Ends a job that is over and credits what no owner can ever claim. @throws TributaryError `escrow/…` */
export const closeJob = ({ escrow }: SendingContracts, job: number): Promise<Mined> =>
  escrow.send.close(BigInt(job));

/** Sends all credits to the buyer. @throws TributaryError `escrow/nothing-to-withdraw` */
export const withdraw = ({ escrow }: SendingContracts): Promise<Mined> => escrow.send.withdraw();

/**
 * Credits the rounds that seats of a closed job did not earn, and the bonus that nobody did, by the leaves of its
 * last round: they follow from the bitmaps on chain.
 *
 * @throws TributaryError `refund/other-payouts` where the last root is not that of those leaves (an auditor's case),
 *   `refund/nothing-settled`, `escrow/…`
 */
export async function refundSeats(contracts: SendingContracts, job: number): Promise<Mined[]> {
  const facts = await readJobFacts(contracts, job);
  const last = facts.settlements.at(-1);
  if (!last) {
    throw new TributaryError(
      'refund/nothing-settled',
      `no round of job ${job} was settled: closing or cancelling it credits everything`,
    );
  }
  const bitmaps = facts.settlements.map(({ participants }) => participants);
  const earned = earnedPayouts(facts, bitmaps).at(-1);
  if (earned?.root !== last.payoutRoot) {
    throw new TributaryError(
      'refund/other-payouts',
      `round ${last.round} was settled with other payouts than were earned: audit the job`,
    );
  }
  const sent: Mined[] = [];
  for (let at = 0; at < earned.leaves.length; at += leavesAtOnce) {
    const leaves = earned.leaves.slice(at, at + leavesAtOnce);
    sent.push(
      await contracts.escrow.send.refundSeats(
        BigInt(job),
        settlementRecord(last),
        leaves.map(({ seat, units, bonus }) => ({ seat, units, bonus: fromAmount(bonus) })),
        leaves.map(({ seat }) => payoutProof(job, earned.leaves, seat).map(toBytes32)),
      ),
    );
  }
  return sent;
}
