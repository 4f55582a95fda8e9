import { expect } from 'chai';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { quorumOf } from '#coordinator/round/quorum.ts';
import { postingOf } from '#coordinator/round/settling.ts';
import { isNews } from '#coordinator/round/view.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { toSeconds, type CompactSignature, type Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  approvalOf,
  attestationOf,
  digestOfText,
  honestly,
  inPhase,
  outcome,
  play,
  refusalOf,
  resultOf,
  signed,
} from '../fixtures.ts';

/** Five seats; seats 0, 1, 2 and 4 took part. */
const members = cohort({ n: 5, lostBeforeMasking: [3] });
const settling = honestly(members, 'settling');
const { proposal } = settling;
const attest = (seat: number) => attestationOf(members, proposal, seat);
const approve = approvalOf(members, proposal);
const decline = (seat: number) => refusalOf(members, proposal.manifest, seat);
const participants = [0, 1, 2, 4];
const posting = (events: readonly AttemptEvent[]) => {
  const state = inPhase(play(settling, events), 'settling');
  return state.step === 'posting' ? state : null;
};

describe('settling', () => {
  it('posts with a quorum as soon as every participant attested and the buyer approved', () => {
    const state = posting([...[4, 0, 2, 1].map(attest), approve]);
    expect(state?.quorum?.attestations.map(({ seat }) => seat)).to.deep.equal([0, 1, 2, 4]);
    expect(state?.quorum?.approval).to.equal(approve.type === 'approval' && approve.upload.signature);
    expect(state && effectsOf(state)).to.deep.equal(['settle']);
    expect(posting(participants.map(attest))).to.equal(null);
    expect(posting([approve, ...[0, 1, 2].map(attest)])).to.equal(null);
  });

  it('takes the word of a seat that did not take part', () => {
    const state = posting([attest(3), ...participants.map(attest), approve]);
    expect(state?.quorum?.attestations.map(({ seat }) => seat)).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('does not wait for those who refused, and counts without them', () => {
    const state = posting([attest(0), attest(1), attest(2), decline(4), approve]);
    expect(state?.quorum?.attestations.map(({ seat }) => seat)).to.deep.equal([0, 1, 2]);
    expect(posting([attest(0), attest(1), decline(2), decline(4), approve])).to.deep.include({
      quorum: null,
    });
  });

  it('posts at its deadline with what it has', () => {
    const deadline: AttemptEvent = { type: 'deadline' };
    const late = (events: readonly AttemptEvent[]) =>
      inPhase(play(play(settling, events), [deadline], settling.deadline), 'settling');
    expect(late([attest(0), attest(1), attest(2), approve])).to.deep.nested.include({
      step: 'posting',
      'quorum.approval': approve.type === 'approval' && approve.upload.signature,
    });
    expect(late([attest(0), attest(1), attest(2)])).to.deep.include({ step: 'posting', quorum: null });
    expect(late([])).to.deep.include({ step: 'posting', quorum: null });
    expect(play(settling, [deadline], toSeconds(settling.deadline - 1))).to.equal(settling);
    expect(play(late([]), [deadline], settling.deadline)).to.deep.equal(late([]));
  });

  it('refuses an attestation, approval or refusal of another proposal', () => {
    const other = { ...proposal, manifest: digestOfText('other manifest') };
    expect(outcome(settling, attestationOf(members, other, 1))).to.equal('attestation/other-proposal');
    expect(outcome(settling, approvalOf(members, { ...proposal, deadline: toSeconds(5) }))).to.equal(
      'approval/other-proposal',
    );
    expect(outcome(settling, refusalOf(members, other.manifest, 1))).to.equal('refusal/other-proposal');
  });

  it('lets no seat both attest and refuse', () => {
    expect(outcome(play(settling, [attest(1)]), decline(1))).to.equal('refusal/conflict');
    expect(outcome(play(settling, [decline(1)]), attest(1))).to.equal('attestation/conflict');
  });

  it('keeps what it has: the same again is answered the same, in both steps', () => {
    const state = play(settling, [attest(1), decline(2), approve]);
    expect(play(state, [attest(1), decline(2), approve])).to.equal(state);
    const reason = signed(2, 'Refusal', {
      ...members.id,
      seat: 2,
      proposal: proposal.manifest,
      reason: 'another',
    });
    expect(outcome(state, { type: 'refusal', envelope: reason })).to.equal('refusal/conflict');
    const changed = attestationOf(members, { ...proposal, payoutRoot: digestOfText('other') }, 1);
    expect(outcome(state, changed)).to.equal('attestation/conflict');
    expect(outcome(state, approvalOf(members, { ...proposal, payoutRoot: digestOfText('other') }))).to.equal(
      'approval/conflict',
    );
    const posted = play(settling, [...participants.map(attest), approve]);
    expect(play(posted, [attest(0), approve])).to.equal(posted);
    expect(outcome(posted, attest(3))).to.equal('attempt/wrong-phase');
  });

  it('is settled by its transaction, goes on without a refused quorum, or fails', () => {
    const state = play(settling, [...participants.map(attest), approve]);
    const transaction = digestOfText('transaction');
    const settled = inPhase(play(state, [{ type: 'settled', transaction }]), 'settled');
    expect(settled).to.deep.include({ transaction, proposal, inputs: members.inputs });
    expect(effectsOf(settled)).to.deep.equal(['next-round']);
    const without = inPhase(play(state, [{ type: 'quorum-refused' }]), 'settling');
    expect(without).to.deep.include({ step: 'posting', quorum: null });
    expect(effectsOf(without)).to.deep.equal(['settle']);
    expect(inPhase(play(state, [{ type: 'failed', reason: 'past the cutoff' }]), 'failed').reason).to.equal(
      'past the cutoff',
    );
  });

  it('signs over the keccak-256 of the bitmap', () => {
    expect(proposal.participants).to.equal('0x17');
    expect(settlementTermsOf(members.id, proposal)).to.deep.equal({
      ...members.id,
      manifest: proposal.manifest,
      payoutRoot: proposal.payoutRoot,
      total: '1234567',
      participants: '0x3d5dca32b04c088dbea884d9d0d5f974c85782e0d26b8f3777bf69620bae6ce2',
      deadline: proposal.deadline,
    });
  });

  it('is posted again as it was when the chain lost it, its signatures with it', () => {
    const posted = posting([...[4, 0, 2, 1].map(attest), approve]);
    if (!posted) throw new Error('not posting');
    const settled = inPhase(
      play(posted, [{ type: 'settled', transaction: digestOfText('first') }]),
      'settled',
    );
    expect(postingOf(settled)).to.deep.equal({ ...posted });
    const moved = play(settled, [{ type: 'settled', transaction: digestOfText('second') }]);
    expect(moved).to.deep.equal({ ...settled, transaction: digestOfText('second') });
    expect(isNews(settled, moved)).to.equal(true);
    expect(play(moved, [{ type: 'settled', transaction: digestOfText('second') }])).to.equal(moved);
    expect(isNews(moved, moved)).to.equal(false);
  });
});

describe('a quorum', () => {
  const signature = `0x${'11'.repeat(64)}` as CompactSignature;
  const approval = '0x22' as Hex;
  const count = (
    seats: number,
    present: readonly number[],
    attesting: readonly number[],
    by: Hex | null = approval,
  ) =>
    quorumOf(
      seats,
      { ...resultOf(members), participants: seatBitmap(present, seats), deadline: toSeconds(0) },
      attesting.map((seat) => ({ seat, signature })),
      by,
    ) !== null;

  it('needs more than half of all seats', () => {
    expect(count(8, [0, 1, 2, 3], [0, 1, 2, 3])).to.equal(false);
    expect(count(8, [0, 1, 2, 3], [0, 1, 2, 3, 7])).to.equal(true);
    expect(count(7, [0, 1, 2, 3], [0, 1, 2, 3])).to.equal(true);
  });

  it('needs two thirds of the participants', () => {
    expect(count(5, [0, 1, 2], [0, 3, 4])).to.equal(false);
    expect(count(5, [0, 1, 2], [0, 1, 4])).to.equal(true);
  });

  it('needs the buyer', () => {
    expect(count(5, [0, 1, 2], [0, 1, 2, 3, 4], null)).to.equal(false);
  });
});
