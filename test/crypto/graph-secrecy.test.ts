/** That a graph within its bounds can not be cut, whoever drops out: every case of small rings. docs/protocol.md §3.8 */
import { expect } from 'chai';

import { hararyGraph, type Graph } from '#crypto/graph.ts';

import { at } from './replay/load.ts';
import { ringOf } from './ring-order.ts';

/** Members as bits. */
type Bits = number;

function bitsOf(members: Iterable<number>): Bits {
  let bits = 0;
  for (const member of members) bits |= 1 << member;
  return bits;
}

function count(bits: Bits): number {
  let ones = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) ones++;
  return ones;
}

/** Whether every member can be reached from every other along edges among themselves. */
function isConnected(members: Bits, near: readonly Bits[]): boolean {
  let reached = members & -members;
  for (let before = 0; before !== reached;) {
    before = reached;
    for (let m = 0; m < near.length; m++) if ((reached >> m) & 1) reached |= at(near, m) & members;
  }
  return reached === members;
}

/** The two halves of each member's neighbours: those before it in the ring, and those after. */
function sidesOf({ n, degree }: Graph, ring: readonly number[]): [Bits, Bits][] {
  const sides: [Bits, Bits][] = Array.from({ length: n }, () => [0, 0]);
  for (const [place, member] of ring.entries()) {
    const steps = Array.from({ length: degree / 2 }, (_, step) => step + 1);
    sides[member] = [
      bitsOf(steps.map((step) => at(ring, (place - step + n) % n))),
      bitsOf(steps.map((step) => at(ring, (place + step) % n))),
    ];
  }
  return sides;
}

type Play = { cuts: number; confirmed: number };

/**
 * Every set of corrupt members that leaves fewer than `bound` on any side of an honest one, and every set of
 * survivors of whom each honest one has `threshold` neighbours left: is what the honest ones mask with connected?
 */
function playAll([n, degree]: readonly [number, number], threshold: number, bound: number): Play {
  const seed = new Uint8Array(32).fill(n);
  const graph = hararyGraph(n, degree, threshold, seed);
  const near = Array.from({ length: graph.n }, (_, member) => bitsOf(graph.neighboursOf(member)));
  const sides = sidesOf(graph, ringOf(n, seed));
  for (const [member, [before, after]] of sides.entries()) expect(before | after).to.equal(near[member]);
  const all = 2 ** graph.n - 1;
  const members = [...near.keys()];
  const play = { cuts: 0, confirmed: 0 };
  for (let corrupt = 0; corrupt <= all; corrupt++) {
    const honest = members.filter((m) => ((corrupt >> m) & 1) === 0);
    if (honest.some((m) => at(sides, m).some((side) => count(side & corrupt) >= bound))) continue;
    for (let survivors = 0; survivors <= all; survivors++) {
      const confirming = honest.filter((m) => (survivors >> m) & 1);
      if (confirming.length === 0) continue;
      if (confirming.some((m) => count(at(near, m) & survivors) < threshold)) continue;
      play.confirmed++;
      if (!isConnected(bitsOf(confirming), near)) play.cuts++;
    }
  }
  return play;
}

describe('a sparse graph', () => {
  for (const [n, degree, threshold] of [
    [8, 4, 3],
    [8, 4, 4],
    [9, 6, 5],
  ] as const) {
    it(`of ${n} with ${degree} neighbours and threshold ${threshold} is never cut below the bound`, () => {
      const { cuts, confirmed } = playAll([n, degree], threshold, threshold - degree / 2);
      expect(confirmed).to.be.above(n);
      expect(cuts).to.equal(0);
    });
  }

  it('can be cut with one more corrupt member on a side, or one fewer neighbour left', () => {
    expect(playAll([10, 4], 3, 1).cuts, 'within both').to.equal(0);
    expect(playAll([10, 4], 3, 2).cuts, 'one more corrupt').to.be.above(0);
    expect(playAll([10, 4], 2, 1).cuts, 'one fewer left').to.be.above(0);
  });
});
