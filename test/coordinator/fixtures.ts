/** An honest attempt as events, from real keys and shares, for tests to bend one thing at a time. */
import { computeAddress, SigningKey } from 'ethers';
import { revealShare, type HeldShare, type ShareKind } from '#crypto/commitments.ts';
import { toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { openShare } from '#crypto/sharing.ts';
import { encodeShare } from '#crypto/shamir.ts';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt, AttemptEvent, MessageEvent } from '#coordinator/round/attempt.ts';
import { isRefusal, type AttemptRules } from '#coordinator/round/base.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import type { Result } from '#coordinator/round/settling.ts';
import { transition } from '#coordinator/round/transition.ts';
import type { Proposal } from '#protocol/attempt-view.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Abort, Confirm, Received, RevealedShare, Signed, UnmaskingUpload } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { agreedRoot, membersDigest, sharersNear } from '#protocol/rules/survivors.ts';
import { unopenedBitmap } from '#protocol/rules/received.ts';
import { revealedDigest } from '#protocol/rules/revealed.ts';
import { signTyped } from '#protocol/signature.ts';
import { toAddress, toAmount, toSeconds, type Bytes32, type Hex, type Seconds } from '#protocol/units.ts';
import { cohort, digestOfText, domain, signed, type Cohort } from '#test/support/cohort.ts';

/** The cohort's enrolments name 2,000,000,000 as their deadline. */
export const START = toSeconds(1_999_999_940);
export const at = (seconds: number): Seconds => toSeconds(START + seconds);

export const buyerKey = new SigningKey(digestOfText('buyer'));
export const buyer = toAddress(computeAddress(buyerKey.publicKey));

/** For eight members: six neighbours, of whom one may be lost. */
export const sparseTerms = { above: 3, corruption: 0.05, dropout: 0.05 };
export const drawOf = (degree: number, threshold: number): Draw => ({
  degree,
  threshold,
  seedBlock: 40,
  randao: digestOfText('randao'),
});

const phases = { enrolling: 60, sharing: 20, masking: 30, confirming: 40, unmasking: 50, settling: 70 };

export function rulesOf(members: Cohort, changes: Partial<AttemptRules> = {}): AttemptRules {
  return {
    domain: members.domain,
    expected: members.expected,
    aggregation: members.parameters,
    sparse: members.roster.draw ? sparseTerms : null,
    buyer,
    seats: members.seats.map(({ dataset, operator, owner }) => ({
      dataset: Number(dataset),
      operator,
      owner,
      unitsLeft: 2,
    })),
    minimumCohort: 3,
    phases,
    announcedAt: START,
    cutoff: at(100_000),
    evidence: evidenceByDefault,
    ...changes,
  };
}

export const enrolments = (members: Cohort): MessageEvent[] =>
  members.enrolments.map((envelope) => ({ type: 'enrolment', envelope }));

export const sharings = (members: Cohort): MessageEvent[] =>
  members.shares.map(({ message, signature }) => {
    const dealt = members.dealt.get(message.member);
    const ciphertexts = (dealt?.ciphertexts ?? []).map(toHex);
    return { type: 'shares', upload: { message, signature, ciphertexts } };
  });

/** The word of each who dealt that it could open what it was dealt, but for what these dealers dealt it. */
export const receipts = (
  members: Cohort,
  unopened: (member: number) => readonly number[] = () => [],
): MessageEvent[] =>
  members.shares.map(({ message: { member } }) => ({
    type: 'received',
    envelope: receiptOf(members, member, unopened(member)),
  }));

export function receiptOf(
  members: Cohort,
  member: number,
  unopened: readonly number[],
  changes: Partial<Received> = {},
): Signed<Received> {
  const { roster } = members;
  const message: Received = {
    ...members.id,
    member,
    roster: roster.root,
    sharers: membersDigest(sharersNear(roster, member, members.sharers)),
    unopened: unopenedBitmap(unopened, roster.size),
    ...changes,
  };
  return signed(member, 'Received', message, members.domain);
}

export const inputs = (members: Cohort): MessageEvent[] =>
  members.inputs.map((envelope) => ({ type: 'input', envelope }));

export const confirmations = (members: Cohort): MessageEvent[] =>
  members.confirmations.map((envelope) => ({ type: 'confirm', envelope }));

export const unmaskings = (members: Cohort): MessageEvent[] =>
  members.roster.members.map(({ index }) => ({ type: 'unmasking', upload: unmaskingOf(members, index) }));

/** A member's word for the survivors who sent these inputs. */
export function confirmationOf(
  members: Cohort,
  member: number,
  sent: Cohort['inputs'],
  changes: Partial<Confirm> = {},
): MessageEvent {
  const message: Confirm = {
    ...members.id,
    member,
    roster: members.roster.root,
    sharers: membersDigest(sharersNear(members.roster, member, members.sharers)),
    survivors: agreedRoot(members.roster, sent),
    ...changes,
  };
  return { type: 'confirm', envelope: signed(member, 'Confirm', message, members.domain) };
}

export function abortOf(members: Cohort, member: number, reason = 'confirm/too-late'): MessageEvent {
  const message: Abort = { ...members.id, member, roster: members.roster.root, reason };
  return { type: 'abort', envelope: signed(member, 'Abort', message, members.domain) };
}

/** What a holder was dealt, opened with its own channel key. */
export function heldBy(members: Cohort, holder: number, dealer: number): HeldShare {
  const dealt = members.dealt.get(dealer);
  const keys = members.keys[holder];
  if (!dealt || !keys) throw new Error('no such dealer or holder');
  if (dealer === holder) return dealt.own;
  const held = openShare({
    binding: members.binding,
    dealer,
    holder,
    channelSecret: keys.channel.secret,
    roster: members.roster.members,
    holders: holdersOf(members.roster.graph, dealer),
    ciphertext:
      dealt.ciphertexts[holdersOf(members.roster.graph, dealer).rankOf(holder) ?? -1] ?? new Uint8Array(),
    shareRoot: dealt.shareRoot,
  });
  if (typeof held === 'string') throw new Error(held);
  return held;
}

export function revealedOf(members: Cohort, holder: number, dealer: number, kind?: ShareKind): RevealedShare {
  const right = members.vectors.has(dealer) ? 'seed' : 'mask';
  const shown = revealShare(members.binding.context, heldBy(members, holder, dealer), kind ?? right);
  return {
    member: dealer,
    kind: shown.kind,
    y: toHex(encodeShare(shown.share)),
    other: toHex(shown.otherCommitment) as Bytes32,
    path: shown.path.map((node) => toHex(node) as Bytes32),
  };
}

/** An unmasking of these shares; by default the right one of every sharer. */
export function unmaskingOf(
  members: Cohort,
  member: number,
  shares = [...sharersNear(members.roster, member, members.sharers)].map((dealer) =>
    revealedOf(members, member, dealer),
  ),
): UnmaskingUpload {
  const message = {
    ...members.id,
    member,
    roster: members.roster.root,
    survivors: agreedRoot(members.roster, members.inputs),
    shares: revealedDigest(shares),
  };
  return { ...signed(member, 'Unmasking', message, members.domain), shares };
}

export const resultOf = (members: Cohort): Result => ({
  manifest: digestOfText('manifest'),
  payoutRoot: digestOfText('payouts'),
  total: toAmount(1_234_567n),
  participants: seatBitmap(
    members.inputs.map(({ message }) => message.member),
    members.seats.length,
  ),
  evidence: digestOfText('evidence'),
});

export function attestationOf(members: Cohort, proposal: Proposal, seat: number): MessageEvent {
  const envelope = signed(seat, 'Attestation', settlementTermsOf(members.id, proposal), members.domain);
  return { type: 'attestation', upload: { ...envelope, seat } };
}

export function approvalOf(members: Cohort, proposal: Proposal, key = buyerKey): MessageEvent {
  const message = settlementTermsOf(members.id, proposal);
  const signature = signTyped(key, members.domain, 'Approval', message) as Hex;
  return { type: 'approval', upload: { message, signature } };
}

export function refusalOf(members: Cohort, proposal: Bytes32, seat: number): MessageEvent {
  const message = { ...members.id, seat, proposal, reason: 'aggregate/differs' };
  return { type: 'refusal', envelope: signed(seat, 'Refusal', message, members.domain) };
}

/** Feeds events one second apart; a refusal stops the test. */
export function play(state: Attempt, events: readonly AttemptEvent[], from = START): Attempt {
  return events.reduce<Attempt>((present, event) => {
    const step = transition(present, event, from);
    if (isRefusal(step))
      throw new Error(`${event.type} refused: ${step.refused.code}: ${step.refused.detail}`);
    return step.state;
  }, state);
}

/** The code of a refusal, or the phase that follows. */
export function outcome(state: Attempt, event: AttemptEvent, now = START): string {
  const step = transition(state, event, now);
  return isRefusal(step) ? step.refused.code : step.state.phase;
}

export function inPhase<P extends Attempt['phase']>(
  state: Attempt,
  phase: P,
): Extract<Attempt, { phase: P }> {
  if (state.phase !== phase) throw new Error(`in ${state.phase}, not ${phase}`);
  return state as Extract<Attempt, { phase: P }>;
}

/** The attempt at the beginning of a phase, all honest members having answered, the lost ones waited for. */
export function honestly<P extends Attempt['phase']>(
  members: Cohort,
  phase: P,
  rules = rulesOf(members),
): Extract<Attempt, { phase: P }> {
  const { draw } = members.roster;
  const rounds: (readonly AttemptEvent[])[] = [
    enrolments(members),
    draw ? [{ type: 'drawn', draw }] : [],
    sharings(members),
    receipts(members),
    inputs(members),
    confirmations(members),
    draw ? [{ type: 'agreed' }] : [],
    unmaskings(members),
    [{ type: 'aggregated', result: resultOf(members) }],
  ];
  let state: Attempt = announce(rules);
  for (const events of rounds) {
    if (state.phase === phase) break;
    if (events.length === 0) continue;
    const before = state.phase;
    state = play(state, events);
    const stays = state.phase === before || state.phase === 'enrolling';
    if (stays && state.phase !== phase) state = play(state, [{ type: 'deadline' }], state.deadline);
  }
  return inPhase(state, phase);
}

export { cohort, digestOfText, domain, signed, type Cohort };
