import { expect } from 'chai';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { cohort } from '#test/support/cohort.ts';
import { digestOfText, honestly, inPhase, inputs, outcome, play, signed } from '../fixtures.ts';

const members = cohort({ n: 5, lostBeforeSharing: [3] });
const all = inputs(members);
const masking = honestly(members, 'masking');

describe('masking', () => {
  it('fixes U3, by ascending member, as soon as every sharer has uploaded', () => {
    const state = inPhase(
      play(
        masking,
        [2, 0, 3, 1].map((i) => all[i]!),
        masking.deadline,
      ),
      'confirming',
    );
    expect(state.inputs).to.deep.equal(members.inputs);
    expect(state.inputs.map(({ message }) => message.member)).to.deep.equal([0, 1, 2, 4]);
    expect(state).to.deep.include({ confirmations: [], aborts: [], deadline: masking.deadline + 40 });
  });

  it('goes on at its deadline with t, and gives up with fewer', () => {
    const wide = cohort({ n: 5 });
    const start = honestly(wide, 'masking');
    const four = play(start, inputs(wide).slice(0, 4));
    expect(four.phase).to.equal('masking');
    expect(inPhase(play(four, [{ type: 'deadline' }], start.deadline), 'confirming').inputs.length).to.equal(
      4,
    );
    const three = play(start, inputs(wide).slice(0, 3));
    const ended = inPhase(play(three, [{ type: 'deadline' }], start.deadline), 'aborted');
    expect(ended.reason).to.equal('too few inputs');
    expect(ended.enrolments).to.deep.equal(wide.enrolments);
  });

  it('refuses a member that never shared, and a mask for other sharers', () => {
    const { message } = members.inputs[1]!;
    const stranger = signed(3, 'Input', { ...message, member: 3 });
    expect(outcome(masking, { type: 'input', envelope: stranger })).to.equal('input/not-a-sharer');
    const other = signed(1, 'Input', { ...message, sharers: digestOfText('others') });
    expect(outcome(masking, { type: 'input', envelope: other })).to.equal('input/other-sharers');
  });

  it('keeps the first input: the same again is answered the same, another is a conflict', () => {
    const first = play(masking, [all[1]!]);
    expect(play(first, [all[1]!])).to.equal(first);
    const other = signed(1, 'Input', { ...members.inputs[1]!.message, inputRoot: digestOfText('other') });
    expect(outcome(first, { type: 'input', envelope: other })).to.equal('input/conflict');
  });

  it('takes no input after its end, and still knows those that it took', () => {
    const wide = cohort({ n: 5 });
    const start = honestly(wide, 'masking');
    const confirming = play(play(start, inputs(wide).slice(0, 4)), [{ type: 'deadline' }], start.deadline);
    const late: AttemptEvent = inputs(wide)[4]!;
    expect(outcome(confirming, late)).to.equal('attempt/wrong-phase');
    expect(play(confirming, inputs(wide).slice(0, 4))).to.equal(confirming);
  });
});
