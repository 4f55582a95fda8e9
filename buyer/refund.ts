/** Takes back what can come back; each part is asked of the chain, so that nothing is done twice. protocol.md §5 */
import type { SendingContracts } from '#contracts/connect.ts';
import { TributaryError } from '#crypto/error.ts';
import { closeJob, refundSeats, withdraw } from './exits.ts';
import { findRefundable, type Refundable } from './refundable.ts';

export type RefundStep =
  | Readonly<{ step: 'redeemed'; token: number; units: bigint; amount: bigint }>
  | Readonly<{ step: 'closed'; job: number }>
  | Readonly<{ step: 'unearned'; job: number }>
  | Readonly<{ step: 'withdrawn'; amount: bigint }>;

/** @param only one job's number; null for all of the buyer's jobs and its unused units */
export async function takeRefunds(
  contracts: SendingContracts,
  only: number | null,
  onStep: (step: RefundStep) => void = () => undefined,
): Promise<Readonly<{ returned: bigint; left: Refundable }>> {
  const { account, accessToken, escrow } = contracts;
  const found = await findRefundable(contracts, account, only);
  let returned = 0n;
  for (const { token, units, worth } of found.units) {
    await accessToken.send.redeem(BigInt(token), units);
    returned += worth;
    onStep({ step: 'redeemed', token, units, amount: worth });
  }
  for (const { job, state } of found.jobs) await endJob(contracts, job, state, only !== null, onStep);
  const credits = await escrow.read.credits(account);
  if (credits > 0n) {
    await withdraw(contracts);
    returned += credits;
    onStep({ step: 'withdrawn', amount: credits });
  }
  return { returned, left: await findRefundable(contracts, account, only) };
}

async function endJob(
  contracts: SendingContracts,
  job: number,
  state: Refundable['jobs'][number]['state'],
  named: boolean,
  onStep: (step: RefundStep) => void,
): Promise<void> {
  if (state === 'altered' && named) {
    throw new TributaryError(
      'refund/other-payouts',
      `job ${job} was settled with other payouts than were earned: audit it`,
    );
  }
  if (state === 'closable') {
    await closeJob(contracts, job);
    onStep({ step: 'closed', job });
  }
  if (state !== 'closable' && state !== 'unearned') return;
  const { jobs } = await findRefundable(contracts, contracts.account, job);
  if (jobs[0]?.state !== 'unearned') return;
  await refundSeats(contracts, job);
  onStep({ step: 'unearned', job });
}
