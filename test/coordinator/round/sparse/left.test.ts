import { expect } from 'chai';
import fc from 'fast-check';
import { holdersOf } from '#crypto/graph.ts';
import { leftOf } from '#coordinator/round/left.ts';
import { cohort } from '#test/support/cohort.ts';
import { drawOf, honestly, rulesOf } from '../../fixtures.ts';

/** Twelve on a ring, four neighbours each; two restore a secret. */
const members = cohort({ n: 12, draw: drawOf(4, 2) });
const { graph } = members.roster;
const state = { ...honestly(members, 'masking'), shares: members.shares };
const everyone = Array.from({ length: 12 }, (_, member) => member);
const among = (list: readonly number[]) =>
  members.inputs.filter(({ message }) => list.includes(message.member));

/** Round after round from the start, until nobody more goes. */
function slowly(alive: readonly number[]): readonly number[] {
  const stays = alive.filter(
    (one) => graph.neighboursOf(one).indices.filter((near) => alive.includes(near)).length >= 2,
  );
  return stays.length === alive.length ? stays : slowly(stays);
}
const restorable = (alive: readonly number[]) =>
  everyone.every((one) => holdersOf(graph, one).indices.filter((near) => alive.includes(near)).length >= 2);

const found = (alive: readonly number[]) => {
  const left = leftOf(state, among(alive));
  return left.ends ? left.reason : left.inputs.map(({ message }) => message.member);
};

describe('who is left of a sparse attempt', () => {
  it('all of those who answered with two neighbours each, and nobody else', () => {
    let dropped = 0;
    fc.assert(
      fc.property(fc.subarray(everyone, { minLength: 5 }), (alive) => {
        const wanted = slowly(alive);
        if (!restorable(alive)) expect(found(alive)).to.match(/^fewer than 2 who hold the secrets of member/);
        else if (wanted.length < 3)
          expect(found(alive)).to.equal(`${wanted.length} members are left, 3 are needed`);
        else expect(found(alive)).to.deep.equal(wanted);
        if (restorable(alive) && wanted.length < alive.length) dropped += 1;
      }),
      { seed: 5, numRuns: 300 },
    );
    expect(dropped).to.be.above(3);
  });

  it('at least as many as the terms ask for', () => {
    const few = { ...state, rules: rulesOf(members, { minimumCohort: 12 }) };
    const left = leftOf(few, among(everyone.slice(1)));
    expect(left).to.deep.equal({ ends: true, reason: '11 members are left, 12 are needed' });
    expect(leftOf(few, members.inputs)).to.deep.equal({ ends: false, inputs: members.inputs });
  });
});
