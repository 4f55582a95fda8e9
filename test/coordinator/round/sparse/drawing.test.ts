import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import { effectsOf } from '#coordinator/round/effects.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  abortOf,
  drawOf,
  enrolments,
  honestly,
  inPhase,
  outcome,
  play,
  rulesOf,
  sharings,
  sparseTerms,
} from '../../fixtures.ts';

const draw = drawOf(6, 5);
const members = cohort({ n: 8, draw });
const rules = rulesOf(members);
const drawing = inPhase(play(announce(rules), enrolments(members)), 'drawing');
const now = toSeconds(rules.announcedAt + 5_000);
const aborted = 'the escrow holds that the attempt is aborted';

describe('a roster above the bound of the terms', () => {
  it('is frozen, with what the escrow is to hold of it', () => {
    expect(drawing.enrolments).to.deep.equal(members.enrolments);
    expect(drawing.roster).to.equal(members.roster.root);
    expect(effectsOf(drawing)).to.deep.equal(['commit-roster']);
  });

  it('at the bound itself, and without such terms, uses the complete graph', () => {
    for (const sparse of [{ ...sparseTerms, above: 8 }, null]) {
      const state = inPhase(play(announce({ ...rules, sparse }), enrolments(members)), 'sharing');
      expect(state.draw).to.equal(null);
      expect(effectsOf(state)).to.deep.equal([]);
    }
  });

  it('that no graph is safe for ends the attempt, with the reason', () => {
    const sparse = { above: 3, corruption: 0.3, dropout: 0.4 };
    const ended = inPhase(play(announce({ ...rules, sparse }), enrolments(members)), 'aborted');
    expect(ended.reason).to.match(/^no graph on 8 members/);
    expect(effectsOf(ended)).to.deep.equal(['sweep', 'next-attempt']);
  });
});

describe('drawing', () => {
  it('goes on to sharing in the graph that the chain drew', () => {
    const sharing = inPhase(play(drawing, [{ type: 'drawn', draw }], now), 'sharing');
    const { enrolments: roster, roster: root } = drawing;
    expect(sharing).to.deep.equal({
      phase: 'sharing',
      rules,
      deadline: now + 20,
      enrolments: roster,
      roster: root,
      draw,
      shares: [],
    });
  });

  it('waits for the chain as long as it takes, over restarts too', () => {
    expect(play(drawing, [{ type: 'deadline' }, { type: 'restart' }], now)).to.equal(drawing);
  });

  it('takes no message of a member, nor an abort once it has ended', () => {
    expect(outcome(drawing, sharings(members)[0]!)).to.equal('attempt/wrong-phase');
    expect(outcome(drawing, abortOf(members, 0))).to.equal('attempt/wrong-phase');
    const ended = play(drawing, [{ type: 'given-up', reason: 'why' }]);
    expect(outcome(ended, abortOf(members, 0))).to.equal('attempt/wrong-phase');
  });

  it('given up, first tells the chain, which may hold the roster', () => {
    const ended = inPhase(play(drawing, [{ type: 'given-up', reason: 'why' }]), 'aborted');
    expect(ended).to.deep.include({ reason: 'why', onChain: 'open', enrolments: [] });
    expect(effectsOf(ended)).to.deep.equal(['sweep', 'abort-on-chain']);
    const told = inPhase(play(ended, [{ type: 'chain-aborted' }]), 'aborted');
    expect(told).to.deep.equal({ ...ended, onChain: 'aborted' });
    expect(effectsOf(told)).to.deep.equal(['sweep', 'next-attempt']);
  });

  it('ends where the chain says so, and fails where it draws no graph', () => {
    const ended = inPhase(play(drawing, [{ type: 'chain-aborted' }]), 'aborted');
    expect(ended).to.deep.include({ reason: aborted, onChain: 'aborted', enrolments: [] });
    const failed = inPhase(play(drawing, [{ type: 'failed', reason: 'no randomness' }]), 'failed');
    expect(failed.reason).to.equal('no randomness');
    const other = play(drawing, [{ type: 'given-up', reason: 'why' }]);
    expect(inPhase(play(other, [{ type: 'failed', reason: 'survivors' }]), 'failed').reason).to.equal(
      'survivors',
    );
  });

  it('takes no other step of the chain, and is the only phase to be drawn', () => {
    expect(outcome(drawing, { type: 'agreed' })).to.equal('attempt/wrong-phase');
    const sharing = honestly(members, 'sharing');
    expect(outcome(sharing, { type: 'drawn', draw })).to.equal('attempt/wrong-phase');
    expect(outcome(sharing, { type: 'given-up', reason: 'why' })).to.equal('attempt/wrong-phase');
    expect(outcome(sharing, { type: 'chain-aborted' })).to.equal('attempt/wrong-phase');
  });
});
