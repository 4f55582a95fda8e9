import { expect } from 'chai';
import { transition } from '#coordinator/round/transition.ts';
import { isRefusal } from '#coordinator/round/base.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import type { Fault } from '#protocol/fault.ts';
import type { RevealedShare } from '#protocol/messages.ts';
import type { Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  at,
  digestOfText,
  honestly,
  inPhase,
  outcome,
  play,
  resultOf,
  revealedOf,
  signed,
  START,
  unmaskingOf,
  unmaskings,
} from '../fixtures.ts';

/** Five members, t = 4: member 1 never shares, member 3 is a dropout… of six, so that t = 5 of six are left. */
const members = cohort({ n: 7, lostBeforeSharing: [1], lostBeforeMasking: [3] });
const all = unmaskings(members);
const unmasking = honestly(members, 'unmasking');
const right = [...members.sharers].map((dealer) => revealedOf(members, 2, dealer));
const reveal = (shares: readonly RevealedShare[]) =>
  outcome(unmasking, { type: 'unmasking', upload: unmaskingOf(members, 2, [...shares]) });

describe('unmasking', () => {
  it('asks for the sum once t shares of every sharer are here', () => {
    const four = play(unmasking, all.slice(0, 4));
    expect(effectsOf(four)).to.deep.equal([]);
    const step = transition(four, all[4]!, START);
    if (isRefusal(step)) throw new Error(step.refused.code);
    expect(step.effects).to.deep.equal(['aggregate']);
    const state = inPhase(step.state, 'unmasking');
    expect(state.unmaskings.map(({ message }) => message.member)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(state.unmaskings[0]?.dealers).to.deep.equal([0, 2, 3, 4, 5, 6]);
  });

  it('asks only once', () => {
    const step = transition(play(unmasking, all.slice(0, 5)), all[5]!, START);
    expect(step).to.deep.include({ effects: [] });
  });

  it('waits for members as long as it takes, and never gives up', () => {
    const four = play(unmasking, all.slice(0, 4));
    expect(play(four, [{ type: 'deadline' }], at(90_000))).to.equal(four);
    expect(effectsOf(play(four, [all[6]!], at(90_000)))).to.deep.equal(['aggregate']);
  });

  it('counts what is withheld as not there', () => {
    const partly = unmaskingOf(
      members,
      4,
      [...members.sharers].filter((one) => one !== 5).map((one) => revealedOf(members, 4, one)),
    );
    const state = play(unmasking, [...all.slice(0, 4), { type: 'unmasking', upload: partly }]);
    expect(effectsOf(state)).to.deep.equal([]);
    expect(effectsOf(play(state, [all[5]!]))).to.deep.equal(['aggregate']);
  });

  it('refuses shares under other survivors, or other than were signed', () => {
    const upload = unmaskingOf(members, 2);
    const elsewhere = signed(2, 'Unmasking', { ...upload.message, survivors: digestOfText('other') });
    expect(outcome(unmasking, { type: 'unmasking', upload: { ...upload, ...elsewhere } })).to.equal(
      'unmasking/other-survivors',
    );
    expect(
      outcome(unmasking, { type: 'unmasking', upload: { ...upload, shares: upload.shares.slice(1) } }),
    ).to.equal('unmasking/other-shares');
  });

  it('refuses a share of one outside U2, a repeated one, and any disorder', () => {
    expect(reveal(right)).to.equal('unmasking');
    expect(reveal([{ ...right[0]!, member: 1 }])).to.equal('unmasking/not-a-sharer');
    expect(reveal([{ ...right[0]!, member: 70 }])).to.equal('unmasking/not-a-sharer');
    expect(reveal([right[0]!, right[0]!])).to.equal('unmasking/order');
    expect(reveal([right[1]!, right[0]!])).to.equal('unmasking/order');
  });

  it("refuses a survivor's mask secret and a dropout's seed", () => {
    expect(reveal([revealedOf(members, 2, 4, 'mask')])).to.equal('unmasking/wrong-kind');
    expect(reveal([revealedOf(members, 2, 3, 'seed')])).to.equal('unmasking/wrong-kind');
    expect(reveal([revealedOf(members, 2, 3, 'mask')])).to.equal('unmasking');
  });

  it('refuses a share that its dealer did not commit to for this holder', () => {
    const { path } = right[0]!;
    const beyond: Hex = `0x${'ff'.repeat(33)}`;
    for (const bent of [
      { ...right[0]!, y: right[1]!.y },
      { ...right[0]!, other: right[1]!.other },
      { ...right[0]!, path: path.slice(1) },
      { ...right[0]!, y: beyond },
      { ...right[0]!, y: '0x01' as Hex },
      revealedOf(members, 4, 0),
    ]) {
      expect(reveal([bent])).to.equal('unmasking/off-root');
    }
  });

  it('keeps the first: the same again is answered the same, others are a conflict', () => {
    const state = play(unmasking, [all[2]!]);
    expect(play(state, [all[2]!])).to.equal(state);
    const fewer = { type: 'unmasking', upload: unmaskingOf(members, 2, right.slice(1)) } as const;
    expect(outcome(state, fewer)).to.equal('unmasking/conflict');
  });

  it('becomes a proposal with the sum, or fails without one', () => {
    const ready = play(unmasking, all.slice(0, 5));
    const settling = inPhase(
      play(ready, [{ type: 'aggregated', result: resultOf(members) }], at(500)),
      'settling',
    );
    expect(settling.deadline).to.equal(at(500 + 70));
    expect(settling.proposal).to.deep.equal({ ...resultOf(members), deadline: at(500 + 70 + 86_400) });
    expect(effectsOf(settling)).to.deep.equal(['sweep']);
    const failed = inPhase(play(ready, [{ type: 'failed', reason: 'member 4 lied' }]), 'failed');
    expect(failed.reason).to.equal('member 4 lied');
    expect(failed.fault).to.equal(null);
    expect(effectsOf(failed)).to.deep.equal(['sweep']);
  });

  it('keeps the proof of the dealer by whose fault it fails', () => {
    const fault = { kind: 'seed' } as unknown as Fault;
    const event = { type: 'fault-proven', reason: 'member 4 lied', fault } as const;
    const failed = inPhase(play(unmasking, [event]), 'failed');
    expect(failed).to.deep.include({ reason: 'member 4 lied', fault });
    expect(outcome(honestly(members, 'masking'), event)).to.equal('attempt/wrong-phase');
  });
});
