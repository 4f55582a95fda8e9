/** An attempt that the chain has settled without these records. */
import { expect } from 'chai';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import {
  abortOf,
  cohort,
  drawOf,
  enrolments,
  honestly,
  inPhase,
  outcome,
  play,
  rulesOf,
} from '../fixtures.ts';
import { announce } from '#coordinator/round/announced.ts';

const reason = 'the chain has round 1 settled by attempt 1: these records are older';
const overtaken = { type: 'overtaken', reason } as const;

describe('an attempt that was overtaken', () => {
  const members = cohort({ n: 3 });
  const phases = ['sharing', 'receiving', 'masking', 'confirming', 'unmasking', 'settling'] as const;
  const states: Attempt[] = [
    announce(rulesOf(members)),
    play(announce(rulesOf(members)), enrolments(members).slice(0, 1)),
    ...phases.map((phase) => honestly(members, phase)),
  ];

  for (const state of states) {
    it(`ends where it is, ${state.phase}, and what follows is announced`, () => {
      const ended = inPhase(play(state, [overtaken]), 'aborted');
      expect(ended).to.deep.include({ reason, onChain: 'nothing', enrolments: [], aborts: [] });
      expect(effectsOf(ended)).to.deep.equal(['sweep', 'next-attempt']);
      expect(play(ended, [overtaken])).to.equal(ended);
    });
  }

  it('of a sparse roster tells the escrow nothing, even where it was to say that it is aborted', () => {
    const sparse = cohort({ n: 8, draw: drawOf(6, 5) });
    const drawing = inPhase(play(announce(rulesOf(sparse)), enrolments(sparse)), 'drawing');
    expect(effectsOf(play(drawing, [overtaken]))).to.deep.equal(['sweep', 'next-attempt']);
    const aborted = inPhase(
      play(
        honestly(sparse, 'confirming'),
        Array.from({ length: 8 }, (_, member) => abortOf(sparse, member)),
      ),
      'aborted',
    );
    expect(effectsOf(aborted)).to.deep.equal(['sweep', 'abort-on-chain']);
    expect(effectsOf(play(aborted, [overtaken]))).to.deep.equal(['sweep', 'next-attempt']);
  });

  it('takes nothing more of the round, and what is settled or failed stays', () => {
    const ended = play(honestly(members, 'masking'), [overtaken]);
    expect(outcome(ended, abortOf(members, 1))).to.equal('attempt/wrong-phase');
    for (const event of [{ type: 'deadline' }, { type: 'restart' }] as const)
      expect(play(ended, [event], ended.deadline)).to.equal(ended);
    const failed = play(honestly(members, 'unmasking'), [{ type: 'failed', reason: 'x' }]);
    expect(play(failed, [overtaken])).to.equal(failed);
  });
});
