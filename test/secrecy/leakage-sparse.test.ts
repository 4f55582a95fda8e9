/**
 * Leakage rank on the k-regular graph: one outcome an attempt by the chain, opened by every honest holder. What can be
 * derived is exactly a sum for each connected part of the honest survivors: one, where the graph holds together.
 * protocol.md §3.7, §3.8
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { hararyGraph, holdersOf, type Graph } from '#crypto/graph.ts';
import { Span, type Row } from './howell.ts';
import { derivedSums, wordBits, type Seen } from './knowledge.ts';
import { membersOf, partSums } from './parts.ts';

type Case = Readonly<{
  graphs: readonly Graph[];
  corrupt: ReadonlySet<number>;
  /** Of the last attempt; those before were aborted. */
  lost: ReadonlySet<number>;
}>;

const cases: fc.Arbitrary<Case> = fc
  .record({
    n: fc.integer({ min: 7, max: 16 }),
    degree: fc.constantFrom(2, 4, 6),
    corrupt: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 3 }),
    lost: fc.uniqueArray(fc.nat({ max: 6 }), { maxLength: 2 }),
    seeds: fc.array(fc.uint8Array({ minLength: 32, maxLength: 32 }), { minLength: 1, maxLength: 2 }),
  })
  .map(({ n, degree, corrupt, lost, seeds }) => ({
    graphs: seeds.map((seed) => hararyGraph(n, degree, Math.ceil(degree / 2) + 1, seed)),
    corrupt: new Set(corrupt),
    lost: new Set(lost),
  }));

const last = ({ graphs }: Case): Graph => graphs.at(-1)!;

/** Inputs of all honest members in each attempt, those of the lost ones too, which came late; the last one opened. */
function everythingSeen({ graphs, corrupt, lost }: Case): Seen[] {
  return graphs.flatMap((graph, attempt) => {
    const honest = membersOf(graph).filter((member) => !corrupt.has(member));
    const inputs = honest.map(
      (member) => ({ what: 'input', attempt, member, sharers: membersOf(graph) }) as const,
    );
    if (attempt < graphs.length - 1) return inputs;
    const opened = honest.flatMap((holder) =>
      [...holdersOf(graph, holder)].map((dealer) => {
        const of = lost.has(dealer) ? ('mask' as const) : ('seed' as const);
        return { what: 'share', attempt, holder, dealer, of } as const;
      }),
    );
    return [...inputs, ...opened];
  });
}

const honestSums = (it: Case): Row[] =>
  partSums(
    last(it),
    membersOf(last(it)).filter((member) => !it.corrupt.has(member) && !it.lost.has(member)),
  );

/** In every attempt colluders among a member's holders stay below the threshold. */
const keepsSecrets = ({ graphs, corrupt }: Case): boolean =>
  graphs.every((graph) =>
    membersOf(graph).every((member) => {
      const known = [...holdersOf(graph, member)].filter((holder) => corrupt.has(holder)).length;
      return corrupt.has(member) || known < graph.threshold;
    }),
  );

const derived = (it: Case): Row[] =>
  derivedSums(
    { n: last(it).n, corrupt: it.corrupt, graphOf: (attempt) => it.graphs[attempt]! },
    everythingSeen(it),
  );

describe('what a lying coordinator derives from a sparse graph', () => {
  it('is exactly a sum for each connected part of the honest survivors', () => {
    const parts: number[] = [];
    fc.assert(
      fc.property(cases, (it) => {
        fc.pre(keepsSecrets(it));
        const [found, due] = [derived(it), honestSums(it)];
        parts.push(due.length);
        for (const sum of found) expect(new Span(wordBits, due).has(sum), String(sum)).to.equal(true);
        for (const sum of due) expect(new Span(wordBits, found).has(sum), String(sum)).to.equal(true);
      }),
      { seed: 7 },
    );
    // Both kinds came up: graphs that hold together, and graphs that were cut, which leak sums of parts.
    expect(parts.filter((count) => count === 1).length).to.be.above(4);
    expect(parts.filter((count) => count > 1).length).to.be.above(4);
  });

  it('is a member’s update alone where t of its holders collude', () => {
    // Member 0 survives: the colluders' shares of its mask secret stand beside those of its seed.
    const graph = hararyGraph(12, 4, 3, new Uint8Array(32).fill(9));
    const it = {
      graphs: [graph],
      lost: new Set<number>(),
      corrupt: new Set([...graph.neighboursOf(0)].slice(1)),
    };
    expect(keepsSecrets(it)).to.equal(false);
    const alone = membersOf(graph).map((member) => (member === 0 ? 1 : 0));
    expect(new Span(wordBits, derived(it)).has(alone)).to.equal(true);
    const fewer = { ...it, corrupt: new Set([...it.corrupt].slice(1)) };
    expect(keepsSecrets(fewer)).to.equal(true);
    expect(new Span(wordBits, derived(fewer)).has(alone)).to.equal(false);
  });
});
