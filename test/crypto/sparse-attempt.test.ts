/** Attempts on sparse graphs of any shape, with members lost in every phase. docs/protocol.md §3.5, §3.6, §3.8 */
import { expect } from 'chai';
import fc from 'fast-check';

import { type Graph, hararyGraph, holdersOf } from '#crypto/graph.ts';
import { removeMasks } from '#crypto/masking.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import { CoordinateSum, RingAccumulator, type RingSum } from '#crypto/ring.ts';
import { gridWords } from '#test/support/reference/words.ts';

import { patience, runs } from '#test/support/runs.ts';
import { type Attempt, deal, packedInput, recoverAll, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const parameters = { bits: 10, clip: 1, range: 1, dimension: 9, maxWeight: 8, chunkWords: 8 };

/** The last phase that a member is there for: 0 enrolling, 1 sharing, 2 masking, 3 unmasking. */
type Member = { last: number; power: number };
type Case = { n: number; half: number; threshold: number; seed: Uint8Array; members: Member[] };

const member = fc.record({
  last: fc.oneof({ weight: 12, arbitrary: fc.constant(3) }, { weight: 1, arbitrary: fc.nat(2) }),
  power: fc.nat(3),
});
const anyCase: fc.Arbitrary<Case> = fc
  .record({ n: fc.integer({ min: 3, max: 40 }), half: fc.integer({ min: 1, max: 7 }) })
  .chain(({ n, half }) =>
    fc.record({
      n: fc.constant(n),
      half: fc.constant(half),
      threshold: fc.integer({ min: 1, max: Math.min(2 * half, n - 1) }),
      seed: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      members: fc.array(member, { minLength: n, maxLength: n }),
    }),
  );

const present = (members: readonly Member[], phase: number): MemberSet =>
  memberSet([...members.keys()].filter((i) => at(members, i).last >= phase));

const updateOf = (i: number): Float64Array =>
  Float64Array.from({ length: parameters.dimension }, (_, c) => Math.sin((i + 1) * (c + 0.3)));

/** Of each sharer the secret that the sum needs can be restored. */
const isRecoverable = (graph: Graph, sharers: MemberSet, unmasking: MemberSet): boolean =>
  sharers.indices.every(
    (dealer) =>
      holdersOf(graph, dealer).indices.filter((holder) => unmasking.has(holder)).length >= graph.threshold,
  );

function unmasked<Sum extends RingSum>(sum: Sum, attempt: Attempt, members: readonly Member[]): Sum {
  const sharers = present(members, 1);
  const survivors = present(members, 2);
  const dealt = new Map(sharers.indices.map((i) => [i, deal(attempt, i)]));
  for (const i of survivors) {
    sum.addPacked(packedInput(attempt, i, sharers, updateOf(i), 2 ** at(members, i).power));
  }
  const { binding, roster, graph } = attempt;
  const recovered = recoverAll(attempt, dealt, survivors, present(members, 3).indices);
  removeMasks(sum, { binding, survivors, sharers, roster, graph, recovered });
  return sum;
}

function plainSum(members: readonly Member[]): number[] {
  const sum = Array<number>(parameters.dimension).fill(0);
  for (const i of present(members, 2)) {
    for (const [c, word] of gridWords([...updateOf(i)], 2 ** at(members, i).power, parameters).entries()) {
      sum[c] = at(sum, c) + word;
    }
  }
  return sum;
}

describe('a sparse attempt', () => {
  it('ends in the exact sum while every secret has its shares, and in a refusal otherwise', function () {
    this.timeout(patience(60_000));
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(anyCase, ({ n, half, threshold, seed, members }) => {
        const graph = hararyGraph(n, 2 * half, threshold, seed);
        const attempt = startAttempt(n, graph, parameters);
        const sum = (): RingAccumulator =>
          unmasked(new RingAccumulator(parameters.dimension, attempt.w), attempt, members);
        if (isRecoverable(graph, present(members, 1), present(members, 3))) {
          outcomes.add(`summed on ${graph.degree < n - 1 ? 'a sparse' : 'the whole'} graph`);
          expect([...sum().words()]).to.deep.equal(plainSum(members));
        } else {
          outcomes.add('refused');
          expect(codeOf(sum)).to.equal('shamir/too-few-shares');
        }
      }),
      { seed: 12, numRuns: runs(20, 500) },
    );
    expect([...outcomes].sort()).to.deep.equal([
      'refused',
      'summed on a sparse graph',
      'summed on the whole graph',
    ]);
  });

  const graph = hararyGraph(11, 4, 3, new Uint8Array(32).fill(9));
  const attempt = startAttempt(11, graph, parameters);
  const lost = (losses: ReadonlyMap<number, number>): Member[] =>
    Array.from({ length: 11 }, (_, i) => ({ last: losses.get(i) ?? 3, power: i % 4 }));
  const spots = [8, 0, 3];
  const spot = (members: readonly Member[]): number[] => [
    ...unmasked(new CoordinateSum(spots, parameters.dimension, attempt.w), attempt, members).words(),
  ];

  it('bears two losses side by side, at any coordinates', () => {
    const members = lost(
      new Map([
        [4, 1],
        [graph.neighboursOf(4).indices[1]!, 1],
      ]),
    );
    expect(spot(members)).to.deep.equal(spots.map((c) => at(plainSum(members), c)));
  });

  it('is refused where one dropout’s neighbours are too few, though most of the roster is there', () => {
    const [a, b, c] = graph.neighboursOf(4).indices;
    const members = lost(
      new Map([
        [4, 1],
        [a!, 2],
        [b!, 2],
      ]),
    );
    expect(codeOf(() => spot(members))).to.equal('shamir/too-few-shares');
    const more = lost(
      new Map([
        [4, 1],
        [c!, 2],
      ]),
    );
    expect(spot(more)).to.deep.equal(spots.map((at0) => at(plainSum(more), at0)));
  });
});
