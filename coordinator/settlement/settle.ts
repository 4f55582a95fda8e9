/** Puts a round on chain, once: looks first, then sends, then waits for the receipt. protocol.md §5.3 */
import { JobState } from '#contracts/bindings/training-escrow.ts';
import { latestTime } from '#contracts/chain-time.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { readSettlements, type SettlementOnChain } from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Performers } from '../driver/perform.ts';
import type { InnerEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Posting } from '../round/settling.ts';
import { isPostingOf, quorumCall, settlementOf } from './posting.ts';

/** Refusals of the signatures alone: without them the round can be settled still. */
const ofQuorum: readonly string[] = [
  'escrow/bad-approval',
  'escrow/bad-attestation',
  'escrow/quorum-expired',
  'escrow/quorum-too-small',
  'escrow/signatures-length',
];

/** Refusals that no later try can change. */
const final: readonly string[] = [
  'escrow/past-cutoff',
  'escrow/wrong-state',
  'escrow/not-coordinator',
  'escrow/round-beyond-job',
  'escrow/no-participants',
  'escrow/bitmap-length',
  'escrow/bitmap-beyond-seats',
];

/**
 * @throws TributaryError when it is to be tried again: the chain is away, the transaction is not mined yet, an earlier
 *   round is void and not posted again yet; `coordinator/other-posting` while another posting of the round may be voided
 */
export const settler =
  (contracts: SendingContracts): Performers['settle'] =>
  async (state) => {
    const settled = await lookUp(contracts, state);
    if (settled) return settled;
    try {
      const job = BigInt(idOf(state).job);
      const { transaction } = await contracts.escrow.send.settle(job, settlementOf(state), quorumCall(state));
      return { type: 'settled', transaction };
    } catch (error) {
      const outcome = error instanceof TributaryError ? await outcomeOf(contracts, state, error) : null;
      if (outcome) return outcome;
      throw error;
    }
  };

/** The round may be on chain by an earlier try whose receipt was lost. */
async function lookUp(contracts: SendingContracts, state: Posting): Promise<InnerEvent | null> {
  const { job, round, attempt } = idOf(state);
  const found = (await readSettlements(contracts, job)).find((settlement) => settlement.round === round);
  if (!found) return null;
  if (isPostingOf(state.proposal, attempt, found)) return { type: 'settled', transaction: found.transaction };
  const reason = `round ${round} was settled otherwise, by manifest ${found.manifest}, payout root ${found.payoutRoot}`;
  if (await isFinal(contracts, job, found)) return { type: 'failed', reason };
  throw new TributaryError(
    'coordinator/other-posting',
    `${reason}: this coordinator posts its own if a dispute voids that one`,
  );
}

const isFinal = ({ escrow }: SendingContracts, job: number, found: SettlementOnChain): Promise<boolean> =>
  escrow.read.isFinal(BigInt(job), settlementRecord(found));

async function outcomeOf(
  contracts: SendingContracts,
  state: Posting,
  { code, message }: TributaryError,
): Promise<InnerEvent | null> {
  if (state.quorum && ofQuorum.includes(code)) return { type: 'quorum-refused' };
  if (code === 'escrow/already-settled') return lookUp(contracts, state);
  // An earlier round is void; after the cutoff nobody can post that one again.
  const ended = code === 'escrow/round-out-of-order' && (await isOver(contracts, idOf(state).job));
  return ended || final.includes(code) ? { type: 'failed', reason: message } : null;
}

async function isOver(contracts: SendingContracts, job: number): Promise<boolean> {
  const { state, cutoff } = await contracts.escrow.read.jobOf(BigInt(job));
  return state !== JobState.Active || (await latestTime(contracts)) >= cutoff;
}
