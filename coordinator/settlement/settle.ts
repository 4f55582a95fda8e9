/** Puts a round on chain, once: looks first, then sends, then waits for the receipt. protocol.md §5.3 */
import type { Quorum as QuorumCall, Settlement } from '#contracts/bindings/training-escrow.ts';
import type { SendingContracts } from '#contracts/connect.ts';
import { readSettlements } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { fromAmount, type Hex } from '#protocol/units.ts';
import type { Performers } from '../driver/perform.ts';
import type { InnerEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Posting } from '../round/settling.ts';

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

/** @throws TributaryError when it is to be tried again: the chain is away, or the transaction is not mined yet */
export const settler =
  (contracts: SendingContracts): Performers['settle'] =>
  async (state) => {
    const settled = await lookUp(contracts, state);
    if (settled) return settled;
    const { job } = idOf(state);
    try {
      const { transaction } = await contracts.escrow.send.settle(
        BigInt(job),
        settlementOf(state),
        quorumCall(state),
      );
      return { type: 'settled', transaction };
    } catch (error) {
      const outcome = error instanceof TributaryError ? outcomeOf(state, error) : null;
      if (outcome) return outcome;
      throw error;
    }
  };

/** The round may be on chain by an earlier try whose receipt was lost. */
async function lookUp(contracts: SendingContracts, state: Posting): Promise<InnerEvent | null> {
  const { job, round } = idOf(state);
  const found = (await readSettlements(contracts, job)).find((settlement) => settlement.round === round);
  if (!found) return null;
  return found.manifest === state.proposal.manifest
    ? { type: 'settled', transaction: found.transaction }
    : { type: 'failed', reason: `round ${round} was settled with another manifest, ${found.manifest}` };
}

function outcomeOf({ quorum }: Posting, { code, message }: TributaryError): InnerEvent | null {
  if (quorum && ofQuorum.includes(code)) return { type: 'quorum-refused' };
  return final.includes(code) ? { type: 'failed', reason: message } : null;
}

const settlementOf = (state: Posting): Settlement => {
  const { round, attempt } = idOf(state);
  const { manifest, payoutRoot, total, participants } = state.proposal;
  return { round, attempt, manifest, payoutRoot, total: fromAmount(total), participants };
};

/** Signatures in seat order; all empty for the long window. */
function quorumCall({ quorum, proposal, rules }: Posting): QuorumCall {
  if (!quorum) return { signers: '0x', signatures: '0x', buyerSignature: '0x', deadline: 0n };
  return {
    signers: seatBitmap(
      quorum.attestations.map(({ seat }) => seat),
      rules.seats.length,
    ),
    signatures: `0x${quorum.attestations.map(({ signature }) => signature.slice(2)).join('')}` satisfies Hex,
    buyerSignature: quorum.approval,
    deadline: BigInt(proposal.deadline),
  };
}
