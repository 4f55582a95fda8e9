import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { viewOf } from '#coordinator/round/view.ts';
import { attemptView } from '#protocol/attempt-view.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  at,
  digestOfText,
  enrolments,
  honestly,
  inPhase,
  outcome,
  play,
  resultOf,
  rulesOf,
  START,
  unmaskings,
} from '../fixtures.ts';

const members = cohort({ n: 5, lostBeforeMasking: [2] });
const confirming = honestly(members, 'confirming');
const settling = honestly(members, 'settling');
const posting = play(settling, [{ type: 'deadline' }], settling.deadline);
const states: Record<string, Attempt> = {
  announced: announce(rulesOf(members)),
  enrolling: play(announce(rulesOf(members)), enrolments(members).slice(0, 2)),
  sharing: honestly(members, 'sharing'),
  masking: honestly(members, 'masking'),
  confirming,
  unmasking: honestly(members, 'unmasking'),
  settling,
  posting,
  settled: play(posting, [{ type: 'settled', transaction: digestOfText('transaction') }]),
  aborted: play(confirming, [abortOf(members, 1)]),
  failed: play(honestly(members, 'unmasking'), [{ type: 'failed', reason: 'member 1 lied' }]),
};

describe('a restart', () => {
  const durations: Record<string, number> = {
    announced: 60,
    enrolling: 60,
    sharing: 20,
    masking: 30,
    confirming: 40,
    unmasking: 50,
    settling: 70,
  };

  for (const [name, state] of Object.entries(states)) {
    it(`gives ${name} its time once more, and changes nothing else`, () => {
      const later = toSeconds(state.deadline + 1_000);
      const graced = play(state, [{ type: 'restart' }], later);
      const duration = durations[name];
      expect(graced).to.deep.equal(duration === undefined ? state : { ...state, deadline: later + duration });
    });
  }

  it('never moves a deadline back', () => {
    const { sharing } = states;
    expect(play(sharing!, [{ type: 'restart' }], toSeconds(sharing!.deadline - 20))).to.equal(sharing);
  });
});

describe('the view', () => {
  for (const [name, state] of Object.entries(states)) {
    it(`of ${name} is what the protocol says, and shows its revision`, () => {
      const view = attemptView.parse(JSON.parse(JSON.stringify(viewOf(state, 41, []))));
      expect(view).to.deep.include({
        phase: state.phase,
        revision: 41,
        deadline: state.deadline,
        ...members.id,
        earlier: [],
      });
      expect(view).to.deep.include({ terms: members.expected.terms, model: members.expected.model });
    });
  }

  it('grows with the phases', () => {
    const view = viewOf(states['settled']!, 1, []);
    expect(view).to.deep.include({
      roster: members.enrolments,
      sharers: members.shares,
      inputs: members.inputs,
      confirmations: members.confirmations,
      transaction: digestOfText('transaction'),
    });
    expect(view).to.have.property('proposal').that.deep.includes(resultOf(members));
    expect(viewOf(states['sharing']!, 1, [])).not.to.have.property('sharers');
    expect(viewOf(states['masking']!, 1, [])).not.to.have.property('inputs');
    expect(viewOf(states['confirming']!, 1, [])).not.to.have.property('confirmations');
    expect(viewOf(states['unmasking']!, 1, [])).not.to.have.property('proposal');
  });

  it('shows the rosters and aborts of earlier attempts, where a roster was frozen', () => {
    const aborted = inPhase(states['aborted']!, 'aborted');
    const nobody = inPhase(play(states['enrolling']!, [{ type: 'deadline' }], at(60)), 'aborted');
    const view = viewOf(states['announced']!, 3, [aborted, nobody]);
    expect(view.earlier).to.deep.equal([{ attempt: 1, roster: members.enrolments, aborts: aborted.aborts }]);
    expect(aborted.aborts.length).to.equal(1);
    expect(attemptView.parse(JSON.parse(JSON.stringify(view))).earlier.length).to.equal(1);
  });
});

describe('an attempt that ended without a roster', () => {
  it('has no members: every message is told the phase', () => {
    const nobody = play(states['enrolling']!, [{ type: 'deadline' }], at(60));
    expect(outcome(nobody, abortOf(members, 1))).to.equal('attempt/wrong-phase');
    expect(outcome(nobody, enrolments(members)[0]!)).to.equal('attempt/wrong-phase');
  });
});

describe('effects', () => {
  it('follow from the state alone', () => {
    const found = Object.fromEntries(Object.entries(states).map(([name, state]) => [name, effectsOf(state)]));
    expect(found).to.deep.equal({
      announced: [],
      enrolling: [],
      sharing: [],
      masking: [],
      confirming: ['sweep'],
      unmasking: [],
      settling: ['sweep'],
      posting: ['settle'],
      settled: ['next-round'],
      aborted: ['sweep', 'next-attempt'],
      failed: ['sweep'],
    });
    expect(effectsOf(play(states['unmasking']!, unmaskings(members), START))).to.deep.equal(['aggregate']);
  });
});
