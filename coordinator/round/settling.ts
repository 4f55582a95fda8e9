/** Settling: owners and buyer check the proposal, then the coordinator posts it. protocol.md §4.7, §5.3 */
import type { Proposal } from '#protocol/attempt-view.ts';
import type { ApprovalUpload, AttestationUpload, Refusal as SignedNo, Signed } from '#protocol/messages.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import type { Bytes32, Hex, Seconds } from '#protocol/units.ts';
import { confirmedPart, idOf, later, refuse, type Refusal, type WithConfirmations } from './base.ts';
import { fail, type Failed } from './failed.ts';
import { quorumOf, type Quorum, type SeatSignature } from './quorum.ts';
import { settle, type Settled } from './settled.ts';
import { inserted, sameContent } from './slots.ts';

type Proposed = WithConfirmations & Readonly<{ phase: 'settling'; proposal: Proposal }>;

/** Collects what the owners and the buyer say of the proposal. */
export type Attesting = Proposed &
  Readonly<{
    step: 'attesting';
    /** By ascending seat. */
    attestations: readonly SeatSignature[];
    /** The buyer's signature, or null while it has not approved. */
    approval: Hex | null;
    refusals: readonly Signed<SignedNo>[];
  }>;

/** Sends the settlement, until it is on chain. */
export type Posting = Proposed &
  Readonly<{
    step: 'posting';
    /** Null: without one, for the long window. */
    quorum: Quorum | null;
  }>;

/** A proposal as aggregation makes it, before it has a deadline. */
export type Result = Omit<Proposal, 'deadline'>;

/** How long signatures of a proposal stay usable after the phase: as long as a chain may reasonably be away. */
const SIGNATURE_SECONDS = 86_400;

const seatOf = ({ seat }: Readonly<{ seat: number }>): number => seat;

/** The result of a round becomes its proposal. */
export function propose(confirmed: WithConfirmations, result: Result, now: Seconds): Attesting {
  const deadline = later(now, confirmed.rules.phases.settling);
  const proposal = { ...result, deadline: later(deadline, SIGNATURE_SECONDS) };
  return {
    ...confirmedPart(confirmed),
    phase: 'settling',
    step: 'attesting',
    deadline,
    proposal,
    attestations: [],
    approval: null,
    refusals: [],
  };
}

export function onAttestation(state: Attesting, upload: AttestationUpload): Attesting | Posting | Refusal {
  const { message, seat, signature } = upload;
  if (!sameContent(message, settlementTermsOf(idOf(state), state.proposal)))
    return otherProposal('attestation');
  if (state.refusals.some((refusal) => refusal.message.seat === seat)) {
    return refuse('attestation/conflict', `seat ${seat} refused this proposal; it can't attest to it too`);
  }
  return concludeEarly({ ...state, attestations: inserted(state.attestations, { seat, signature }, seatOf) });
}

/** The caller has held the signature against the buyer, which may be a contract. */
export function onApproval(
  state: Attesting,
  { message, signature }: ApprovalUpload,
): Attesting | Posting | Refusal {
  if (!sameContent(message, settlementTermsOf(idOf(state), state.proposal))) return otherProposal('approval');
  return concludeEarly({ ...state, approval: signature });
}

export function onRefusal(state: Attesting, envelope: Signed<SignedNo>): Attesting | Posting | Refusal {
  const { seat, proposal } = envelope.message;
  if (proposal !== state.proposal.manifest) return otherProposal('refusal');
  if (state.attestations.some((attestation) => attestation.seat === seat)) {
    return refuse('refusal/conflict', `seat ${seat} attested to this proposal; it can't refuse it too`);
  }
  const refusals = inserted(state.refusals, envelope, ({ message }) => message.seat);
  return concludeEarly({ ...state, refusals });
}

export const onDeadline = (state: Attesting): Posting => post(state);

/** The escrow has the round, by this transaction. */
export const onSettled = (state: Posting, transaction: Bytes32): Settled => settle(state, transaction);

/** The same round to be posted as it was: nothing of it is aggregated, signed or computed anew. */
export const postingOf = (state: Settled): Posting => ({
  ...confirmedPart(state),
  phase: 'settling',
  step: 'posting',
  proposal: state.proposal,
  quorum: state.quorum,
});

/** The escrow won't have these signatures: the round is settled without them, for the long window. */
export const onQuorumRefused = (state: Posting): Posting => ({ ...state, quorum: null });

export const onFailed = (state: Posting, reason: string): Failed => fail(state, reason);

/** Posts when every survivor has answered and the buyer has approved. */
function concludeEarly(state: Attesting): Attesting | Posting {
  const answered = new Set([
    ...state.attestations.map(seatOf),
    ...state.refusals.map(({ message }) => message.seat),
  ]);
  const missing = seatsOf(state.proposal.participants).some((seat) => !answered.has(seat));
  return missing || state.approval === null ? state : post(state);
}

function post(state: Attesting): Posting {
  const { rules, proposal, attestations, approval } = state;
  const quorum = quorumOf(rules.seats.length, proposal, attestations, approval);
  return { ...confirmedPart(state), phase: 'settling', step: 'posting', proposal, quorum };
}

const otherProposal = (what: string): Refusal =>
  refuse(`${what}/other-proposal`, `this ${what} is of another proposal: read the attempt again`);
