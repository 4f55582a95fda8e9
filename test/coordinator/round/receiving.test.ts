import { expect } from 'chai';
import { completeGraph } from '#crypto/graph.ts';
import type { AttemptEvent } from '#coordinator/round/attempt.ts';
import { viewOf } from '#coordinator/round/view.ts';
import { attemptView } from '#protocol/attempt-view.ts';
import { excludingFrom } from '#protocol/rules/received.ts';
import type { Hex } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import {
  at,
  digestOfText,
  drawOf,
  honestly,
  inPhase,
  inputs,
  outcome,
  play,
  receiptOf,
  receipts,
  sharings,
} from '../fixtures.ts';

/** t = 5 of 7: two of them may be corrupt, three complaints exclude. */
const members = cohort({ n: 7 });
const receiving = honestly(members, 'receiving');
const said = (member: number, unopened: readonly number[]): AttemptEvent => ({
  type: 'received',
  envelope: receiptOf(members, member, unopened),
});
/** All have answered; these complain of member 2. */
const complainedBy = (...holders: number[]) =>
  play(
    receiving,
    receipts(members, (member) => (holders.includes(member) ? [2] : [])),
    at(7),
  );

describe('receiving', () => {
  it('fixes U2 as soon as all who dealt have answered', () => {
    const six = play(receiving, receipts(members).slice(1));
    expect(six.phase).to.equal('receiving');
    const state = inPhase(play(six, receipts(members), at(7)), 'masking');
    expect(state.shares).to.deep.equal(members.shares);
    expect(state).to.deep.include({ excluded: [], inputs: [], deadline: at(7 + 30) });
  });

  it('leaves out a dealer of whom more complain than may be corrupt, with the complaints', () => {
    const state = inPhase(complainedBy(0, 4, 6), 'masking');
    expect(state.excluded).to.deep.equal([2]);
    expect(state.shares.map(({ message }) => message.member)).to.deep.equal([0, 1, 3, 4, 5, 6]);
    const view = attemptView.parse(JSON.parse(JSON.stringify(viewOf(state, 1, []))));
    if (view.phase !== 'masking') throw new Error(view.phase);
    expect(view.excluded).to.deep.equal([
      { dealer: 2, complaints: [0, 4, 6].map((holder) => receiptOf(members, holder, [2])) },
    ]);
    expect(outcome(state, inputs(members)[2]!)).to.equal('input/not-a-sharer');
  });

  it('keeps a dealer of whom no more complain than may be corrupt', () => {
    const state = inPhase(complainedBy(0, 4), 'masking');
    expect(state.excluded).to.deep.equal([]);
    expect(state.shares).to.deep.equal(members.shares);
  });

  it('never lets fewer than a third of a complete roster exclude anyone, nor keeps who could not be restored', () => {
    for (let n = 3; n <= 100; n++) {
      const graph = completeGraph(n);
      expect(excludingFrom(graph, 0)).to.equal(Math.floor((n - 1) / 3) + 1);
      expect(n - excludingFrom(graph, 0)).to.equal(graph.threshold - 1);
    }
  });

  it('goes on without those who say nothing, and gives up with fewer than t dealers', () => {
    const some = play(receiving, [said(0, [2]), said(1, [2]), said(3, [2])]);
    expect(play(some, [{ type: 'deadline' }], at(19))).to.equal(some);
    expect(inPhase(play(some, [{ type: 'deadline' }], at(20)), 'masking').excluded).to.deep.equal([2]);
    const worse = [0, 1, 3].map((holder) => said(holder, [2, 4, 5]));
    const ended = inPhase(play(receiving, [...worse, { type: 'deadline' }], at(20)), 'aborted');
    expect(ended.reason).to.equal('too few shares that can be opened');
  });

  it('refuses what speaks of other sharers, of members that did not deal, or of its sender', () => {
    const lost = cohort({ n: 7, lostBeforeSharing: [5] });
    const state = honestly(lost, 'receiving');
    const outcomeOf = (member: number, unopened: readonly number[], changes = {}) =>
      outcome(state, { type: 'received', envelope: receiptOf(lost, member, unopened, changes) });
    expect(outcomeOf(0, [2])).to.equal('receiving');
    // A member that did not deal has shares of those who did.
    expect(outcomeOf(5, [2])).to.equal('receiving');
    expect(outcomeOf(0, [], { sharers: digestOfText('others') })).to.equal('received/other-sharers');
    expect(outcomeOf(0, [5])).to.equal('received/not-dealers');
    expect(outcomeOf(0, [0])).to.equal('received/not-dealers');
    for (const unopened of ['0x', '0x0000', '0x80'] as Hex[]) {
      expect(outcomeOf(0, [], { unopened })).to.equal('received/not-dealers');
    }
  });

  it('keeps the first answer: the same again changes nothing, another is a conflict', () => {
    const state = play(receiving, [said(1, [2])]);
    expect(play(state, [said(1, [2])])).to.equal(state);
    expect(outcome(state, said(1, []))).to.equal('received/conflict');
    expect(outcome(receiving, sharings(members)[1]!)).to.equal('receiving');
  });

  it('asks holders alone in a sparse attempt, and gives up where those who answered hold too little', () => {
    // Six neighbours each, t = 5: two lost are too many.
    const sparse = cohort({ n: 8, draw: drawOf(6, 5) });
    const state = honestly(sparse, 'receiving');
    const [first] = sparse.roster.graph.neighboursOf(0).indices;
    const stranger = [1, 2, 3, 4, 5, 6, 7].find((one) => !sparse.roster.graph.neighboursOf(0).has(one))!;
    const outcomeOf = (member: number, unopened: readonly number[]) =>
      outcome(state, { type: 'received', envelope: receiptOf(sparse, member, unopened) });
    expect(outcomeOf(first!, [0])).to.equal('receiving');
    expect(outcomeOf(stranger, [0])).to.equal('received/not-dealers');

    const near = sparse.roster.graph.neighboursOf(0).indices;
    const complaining = (many: number) =>
      play(
        state,
        receipts(sparse, (member) => (near.slice(0, many).includes(member) ? [0] : [])),
      );
    expect(inPhase(complaining(3), 'masking').excluded).to.deep.equal([0]);
    const kept = inPhase(complaining(2), 'masking');
    expect(kept.excluded).to.deep.equal([]);
    expect(play(kept, inputs(sparse)).phase).to.equal('confirming');
    const without = inputs(sparse).filter((_, member) => member !== near[5]);
    const ended = inPhase(play(play(kept, without), [{ type: 'deadline' }], kept.deadline), 'aborted');
    expect(ended.reason).to.equal('fewer than 5 who hold the secrets of member 0 are left');
  });
});
