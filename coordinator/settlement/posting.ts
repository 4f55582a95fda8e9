/** A round's settlement as this coordinator posts it, and whether what the chain holds is that very one. protocol.md §5.3 */
import type { Quorum as QuorumCall, Settlement } from '#contracts/bindings/training-escrow.ts';
import type { SettlementOnChain } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { fromAmount, type Hex } from '#protocol/units.ts';
import { idOf } from '../round/base.ts';
import type { Posting } from '../round/settling.ts';

export function settlementOf(state: Posting): Settlement {
  const { round, attempt } = idOf(state);
  const { manifest, payoutRoot, total, participants } = state.proposal;
  return { round, attempt, manifest, payoutRoot, total: fromAmount(total), participants };
}

/** For the long window. */
export const noQuorum: QuorumCall = { signers: '0x', signatures: '0x', buyerSignature: '0x', deadline: 0n };

/** Signatures in seat order; all empty for the long window. */
export function quorumCall({ quorum, proposal, rules }: Posting): QuorumCall {
  if (!quorum) return noQuorum;
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

/** Whether the chain holds all that this attempt's proposal says, and not just its manifest. */
export const isPostingOf = (
  { manifest, payoutRoot, total, participants }: Proposal,
  attempt: number,
  found: SettlementOnChain,
): boolean =>
  found.attempt === attempt &&
  found.manifest === manifest &&
  found.payoutRoot === payoutRoot &&
  found.total === fromAmount(total) &&
  found.participants === participants;

/** A round was posted once, and what was posted is not on this disk. */
export const roundLost = (job: number, round: number): TributaryError =>
  new TributaryError(
    'coordinator/round-lost',
    `round ${round} of job ${job} is void, and this folder does not know what was settled: restore the coordinator's folder before the cutoff`,
  );
