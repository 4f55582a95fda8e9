import { expect } from 'chai';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  confirmations,
  digestOfText,
  honestly,
  inPhase,
  outcome,
  play,
  signed,
} from '../fixtures.ts';

/** Seven members, t = T = 5; six survive. */
const members = cohort({ n: 7, lostBeforeMasking: [6] });
const all = confirmations(members);
const confirming = honestly(members, 'confirming');
const soon = confirming.rules.announcedAt;
const deadline: AttemptEvent = { type: 'deadline' };

describe('confirming', () => {
  it('goes on as soon as every survivor has confirmed, and not before', () => {
    const five = play(
      confirming,
      [4, 1, 5, 0, 3].map((i) => all[i]!),
      soon,
    );
    expect(five.phase).to.equal('confirming');
    const state = inPhase(play(five, [all[2]!], soon), 'unmasking');
    expect(state.confirmations).to.deep.equal(members.confirmations);
    expect(state).to.deep.include({ unmaskings: [], deadline: soon + 50 });
    expect(state).not.to.have.property('aborts');
  });

  it('goes on at its deadline with T, with later ones too, and never with fewer', () => {
    const five = play(confirming, all.slice(0, 5), soon);
    expect(play(five, [deadline], toSeconds(confirming.deadline - 1))).to.equal(five);
    expect(inPhase(play(five, [deadline], confirming.deadline), 'unmasking').confirmations.length).to.equal(
      5,
    );
    const four = play(play(confirming, all.slice(0, 4), soon), [deadline], confirming.deadline);
    expect(four.phase).to.equal('confirming');
    expect(play(four, [all[4]!], toSeconds(confirming.deadline + 500)).phase).to.equal('unmasking');
  });

  it('goes on early when all survivors have answered and T confirmed', () => {
    const answered = play(play(confirming, all.slice(0, 5), soon), [abortOf(members, 5)], soon);
    expect(inPhase(answered, 'unmasking').confirmations.length).to.equal(5);
  });

  it('takes aborts of any member, lost ones too, and goes on while T can confirm still', () => {
    const two = inPhase(play(confirming, [abortOf(members, 6), abortOf(members, 2)], soon), 'confirming');
    expect(two.aborts.map(({ message }) => message.member)).to.deep.equal([2, 6]);
  });

  it('ends when too few are left to confirm, with the aborts so far', () => {
    const ended = inPhase(play(confirming, [abortOf(members, 5), abortOf(members, 0)], soon), 'aborted');
    expect(ended.reason).to.equal('too few confirmations are possible');
    expect(ended.aborts.map(({ message }) => message.member)).to.deep.equal([0, 5]);
    expect(effectsOf(ended)).to.deep.equal(['sweep', 'next-attempt']);
  });

  it('takes aborts of the roster after its end too, each once', () => {
    const ended = play(confirming, [abortOf(members, 5), abortOf(members, 0)], soon);
    const later = inPhase(play(ended, [abortOf(members, 6), abortOf(members, 3)], soon), 'aborted');
    expect(later.aborts.map(({ message }) => message.member)).to.deep.equal([0, 3, 5, 6]);
    expect(play(later, [abortOf(members, 3)], soon)).to.equal(later);
    expect(outcome(later, abortOf(members, 3, 'another reason'))).to.equal('abort/conflict');
    expect(outcome(later, all[1]!)).to.equal('attempt/wrong-phase');
  });

  it('refuses who has no input, and another set of sharers or survivors', () => {
    const { message } = members.confirmations[1]!;
    const confirm = (member: number, fields: object) =>
      outcome(confirming, {
        type: 'confirm',
        envelope: signed(member, 'Confirm', { ...message, member, ...fields }),
      });
    expect(confirm(6, {})).to.equal('confirm/not-a-survivor');
    expect(confirm(1, { sharers: digestOfText('other') })).to.equal('confirm/other-survivors');
    expect(confirm(1, { survivors: digestOfText('other') })).to.equal('confirm/other-survivors');
  });

  it('lets no member both confirm and abort', () => {
    const confirmed = play(confirming, [all[1]!], soon);
    expect(outcome(confirmed, abortOf(members, 1), soon)).to.equal('abort/conflict');
    const aborted = play(confirming, [abortOf(members, 1)], soon);
    expect(outcome(aborted, all[1]!, soon)).to.equal('confirm/conflict');
  });

  it('keeps what it has: the same again is answered the same', () => {
    const state = play(confirming, [all[1]!, abortOf(members, 6)], soon);
    expect(play(state, [all[1]!, abortOf(members, 6)], soon)).to.equal(state);
    const unmasking = honestly(members, 'unmasking');
    expect(play(unmasking, [all[1]!], soon)).to.equal(unmasking);
  });
});
