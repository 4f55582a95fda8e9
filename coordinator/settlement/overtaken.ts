/** Whether the chain has gone on without these records: they were restored from a backup that is older. docs/operations.md */
import { latestBlock, settlementsOf } from '#contracts/events.ts';
import type { Contracts } from '#contracts/connect.ts';
import { confirmationsFor } from '#contracts/provider.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';

/** Why an attempt is over without its coordinator having ended it; null where it is not. */
export type LookAhead = (state: Attempt) => Promise<string | null>;

/** @throws TributaryError `chain/behind` while the settlement may still be taken back; those of the chain: ask again */
export const lookAhead =
  (contracts: Contracts): LookAhead =>
  async (state) => {
    const { job, round, attempt } = idOf(state);
    if (state.phase === 'settled' || state.phase === 'failed') return null;
    const { posted } = await contracts.escrow.read.jobOf(BigInt(job));
    if (posted < round) return null;
    const settled = await settledAttempt(contracts, job, round);
    // Its own settlement, whose receipt was lost: the effect finds it.
    if (state.phase === 'settling' && settled === attempt) return null;
    return `the chain has round ${round} settled by attempt ${settled}: these records are older`;
  };

async function settledAttempt(contracts: Contracts, job: number, round: number): Promise<number> {
  const deep = (await latestBlock(contracts)) - confirmationsFor(contracts.deployment.chainId) + 1;
  const found = await settlementsOf(contracts, BigInt(job), { to: Math.max(0, deep) });
  const posting = found.findLast(({ args }) => args.round === round);
  if (posting) return posting.args.attempt;
  throw new TributaryError(
    'chain/behind',
    `job ${job}: round ${round} is on chain, not as deep as it has to be`,
  );
}
