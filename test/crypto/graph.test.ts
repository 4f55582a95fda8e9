/** Complete and sparse graphs. docs/protocol.md §3.7, §3.8 */
import { createHash } from 'node:crypto';

import { expect } from 'chai';

import { utf8 } from '#crypto/bytes.ts';
import { completeGraph, type Graph, graphSeed, hararyGraph, holdersOf } from '#crypto/graph.ts';
import { platform } from '#platform';

import { codeOf } from './refusal.ts';
import { ringOf } from './ring-order.ts';

const seedOf = (text: string): Uint8Array => platform.sha256(utf8(text));
const neighbours = (graph: Graph): number[][] =>
  Array.from({ length: graph.n }, (_, member) => [...graph.neighboursOf(member)]);

describe('the complete graph', () => {
  const graph = completeGraph(7);

  it('has everyone as neighbours, and the threshold of the cohort', () => {
    expect([graph.n, graph.degree, graph.threshold]).to.deep.equal([7, 6, 5]);
    expect([...graph.neighboursOf(0)]).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect([...graph.neighboursOf(3)]).to.deep.equal([0, 1, 2, 4, 5, 6]);
    expect([...holdersOf(graph, 3)]).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });

  it('is refused to more than a complete cohort', () => {
    expect(codeOf(() => completeGraph(101))).to.equal('parameters/cohort');
  });

  it('knows no member outside the roster', () => {
    for (const member of [7, -1, 0.5]) {
      expect(codeOf(() => graph.neighboursOf(member))).to.equal('roster/not-a-member');
      expect(codeOf(() => holdersOf(graph, member))).to.equal('roster/not-a-member');
    }
  });
});

describe('the sparse graph', () => {
  for (const [n, degree] of [
    [9, 2],
    [10, 8],
    [40, 12],
    [104, 26],
    [1024, 98],
  ] as const) {
    it(`of ${n} members with ${degree} neighbours is regular, symmetric and the ring that the seed draws`, () => {
      const seed = seedOf(`ring of ${n}`);
      const graph = hararyGraph(n, degree, degree - 1, seed);
      expect([graph.n, graph.degree, graph.threshold]).to.deep.equal([n, degree, degree - 1]);
      const near = neighbours(graph);
      const ring = ringOf(n, seed);
      for (const [place, member] of ring.entries()) {
        const expected: number[] = [];
        for (let step = 1; step <= degree / 2; step++) {
          expected.push(ring[(place + step) % n]!, ring[(place - step + n) % n]!);
        }
        expect(near[member]).to.deep.equal(expected.sort((a, b) => a - b));
        expect([...holdersOf(graph, member)]).to.deep.equal([...expected, member].sort((a, b) => a - b));
      }
      expect(near.every((of) => of.length === degree && new Set(of).size === degree)).to.equal(true);
      expect(near.every((of, member) => of.every((other) => near[other]!.includes(member)))).to.equal(true);
    });
  }

  it('is another for another seed, attempt, roster or randomness', () => {
    const [root, randao] = [seedOf('root'), seedOf('randao')];
    const seeds = [
      graphSeed(root, 1, randao),
      graphSeed(root, 2, randao),
      graphSeed(seedOf('other root'), 1, randao),
      graphSeed(root, 1, seedOf('other randao')),
    ];
    const drawn = seeds.map((seed) => JSON.stringify(neighbours(hararyGraph(12, 4, 3, seed))));
    expect(new Set(drawn).size).to.equal(4);
    expect(JSON.stringify(neighbours(hararyGraph(12, 4, 3, graphSeed(root, 1, randao))))).to.equal(drawn[0]);
  });

  it('hashes what draws it as the protocol says', () => {
    const [root, randao] = [seedOf('root'), seedOf('randao')];
    const text = Buffer.concat([
      Buffer.from([0, 0, 0, 5]),
      Buffer.from('graph'),
      root,
      Buffer.from([0, 0, 1, 4]),
      randao,
    ]);
    expect(graphSeed(root, 260, randao)).to.deep.equal(
      new Uint8Array(createHash('sha256').update(text).digest()),
    );
  });

  it('is everyone with everyone from a degree of n − 1 on, at the threshold it is told', () => {
    for (const degree of [5, 6, 40]) {
      const graph = hararyGraph(6, degree, 3, seedOf('whole'));
      expect([graph.n, graph.degree, graph.threshold]).to.deep.equal([6, 5, 3]);
      expect([...graph.neighboursOf(2)]).to.deep.equal([0, 1, 3, 4, 5]);
    }
  });

  it('remembers who holds, and nothing else', () => {
    const graph = hararyGraph(30, 6, 4, seedOf('once'));
    expect(graph.neighboursOf(3)).not.to.equal(graph.neighboursOf(3));
    expect(graph.neighboursOf(3)).to.deep.equal(graph.neighboursOf(3));
    expect(holdersOf(graph, 3)).to.equal(holdersOf(graph, 3));
    expect(holdersOf(graph, 3)).not.to.equal(holdersOf(graph, 4));
  });

  it('is refused with an odd or no degree', () => {
    for (const degree of [0, 1, 3, 7, -2, 2.5, Number.NaN]) {
      expect(
        codeOf(() => hararyGraph(20, degree, 1, seedOf('odd'))),
        `${degree}`,
      ).to.equal('graph/degree');
    }
  });

  it('is refused with a threshold that its holders can’t meet', () => {
    for (const threshold of [0, 8, 1.5, Number.NaN]) {
      expect(codeOf(() => hararyGraph(20, 6, threshold, seedOf('high')))).to.equal('graph/threshold');
    }
    expect(codeOf(() => hararyGraph(6, 40, 7, seedOf('high')))).to.equal('graph/threshold');
    expect(codeOf(() => hararyGraph(20, 6, 7, seedOf('high')))).to.equal(undefined);
  });

  it('knows no member outside the roster', () => {
    const graph = hararyGraph(20, 6, 4, seedOf('outside'));
    for (const member of [20, -1, 1.5]) {
      expect(codeOf(() => graph.neighboursOf(member))).to.equal('roster/not-a-member');
    }
  });
});
