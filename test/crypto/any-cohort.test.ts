/**
 * Cohorts up to 40, complete and sparse, any losses, any weights: the exact sum of the survivors, or a coded refusal.
 * docs/protocol.md §3.5–3.8
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { completeGraph, type Graph, hararyGraph, holdersOf } from '#crypto/graph.ts';
import { removeMasks } from '#crypto/masking.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import { RingAccumulator } from '#crypto/ring.ts';
import { seededRng } from '#crypto/random.ts';
import { gridWords } from '#test/support/reference/words.ts';
import { runs } from '#test/support/runs.ts';
import { deal, packedInput, recoverAll, startAttempt } from './attempt.ts';
import { codeOf } from './refusal.ts';

type Case = Readonly<{
  graph: Graph;
  /** By member: the phases it takes part in, from the first on. */
  phases: readonly number[];
  powers: readonly number[];
}>;

const parameters = { bits: 14, clip: 2, range: 2, dimension: 9, maxWeight: 16, chunkWords: 8 };
const [sharing, masking, unmasking] = [1, 2, 3];

const graphs = (n: number): fc.Arbitrary<Graph> =>
  fc.oneof(
    fc.constant(completeGraph(n)),
    fc
      .record({ half: fc.integer({ min: 1, max: Math.max(1, Math.floor((n - 2) / 2)) }), seed: fc.nat() })
      .chain(({ half, seed }) => {
        const degree = Math.min(2 * half, n - 1);
        return fc
          .integer({ min: Math.ceil(degree / 2) + 1, max: degree + 1 })
          .map((threshold) =>
            hararyGraph(n, degree, threshold, seededRng(Uint8Array.of(seed & 255)).bytes(32)),
          );
      }),
  );

const anyCase = (most: number): fc.Arbitrary<Case> =>
  fc.integer({ min: 3, max: most }).chain((n) => {
    const stays = fc.oneof(
      { weight: 9, arbitrary: fc.constant(unmasking) },
      { weight: 1, arbitrary: fc.nat({ max: masking }) },
    );
    return fc.record({
      graph: graphs(n),
      phases: fc.array(stays, { minLength: n, maxLength: n }),
      powers: fc.array(fc.nat({ max: 4 }), { minLength: n, maxLength: n }),
    });
  });

const present = ({ phases }: Case, phase: number): MemberSet =>
  memberSet([...phases.keys()].filter((member) => (phases[member] ?? 0) >= phase));
const updateOf = (member: number): Float64Array =>
  Float64Array.from({ length: parameters.dimension }, (_, at) => Math.sin((member + 1) * (at + 0.4)));

function sumOf(of: Case): Uint32Array {
  const attempt = startAttempt(of.graph.n, of.graph, parameters);
  const [sharers, survivors] = [present(of, sharing), present(of, masking)];
  const dealt = new Map(sharers.indices.map((member) => [member, deal(attempt, member)]));
  const sum = new RingAccumulator(parameters.dimension, attempt.w);
  for (const member of survivors) {
    sum.addPacked(packedInput(attempt, member, sharers, updateOf(member), 2 ** (of.powers[member] ?? 0)));
  }
  const recovered = recoverAll(attempt, dealt, survivors, present(of, unmasking).indices);
  removeMasks(sum, { ...attempt, survivors, sharers, recovered });
  return sum.words();
}

/** Every sharer's secret has t holders that are still there. */
const canOpen = (of: Case): boolean =>
  present(of, sharing).indices.every((member) => {
    const left = [...holdersOf(of.graph, member)].filter((holder) => present(of, unmasking).has(holder));
    return left.length >= of.graph.threshold;
  });

function check(of: Case): 'summed' | 'refused' {
  if (!canOpen(of)) {
    expect(codeOf(() => sumOf(of))).to.equal('shamir/too-few-shares');
    return 'refused';
  }
  const due = present(of, masking).indices.map((member) =>
    gridWords([...updateOf(member)], 2 ** (of.powers[member] ?? 0), parameters),
  );
  const expected = Array.from({ length: parameters.dimension }, (_, at) =>
    due.reduce((total, words) => total + (words[at] ?? 0), 0),
  );
  expect([...sumOf(of)]).to.deep.equal(expected);
  return 'summed';
}

describe('any cohort', () => {
  it('of up to 16, of either graph, ends in the exact sum or in a refusal', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(anyCase(16), (of) => {
        const sparse = of.graph.degree < of.graph.n - 1;
        const name = `${sparse ? 'sparse' : 'complete'} ${check(of)}`;
        seen.set(name, (seen.get(name) ?? 0) + 1);
      }),
      { seed: 31, numRuns: runs(16, 200) },
    );
    expect([...seen.keys()].sort()).to.deep.equal([
      'complete refused',
      'complete summed',
      'sparse refused',
      'sparse summed',
    ]);
  });

  const forty = (graph: Graph): Case => ({
    graph,
    phases: Array.from({ length: 40 }, (_, member) => [0, 1, 2][[7, 20, 33].indexOf(member)] ?? unmasking),
    powers: Array.from({ length: 40 }, (_, member) => member % 5),
  });

  it('of 40 bears a loss in each phase, everyone with everyone', () => {
    expect(check(forty(completeGraph(40)))).to.equal('summed');
  });

  it('of 40 bears a loss in each phase, on a sparse graph', () => {
    expect(check(forty(hararyGraph(40, 12, 8, new Uint8Array(32).fill(4))))).to.equal('summed');
  });

  it('of 40 is refused where one neighbourhood has lost too many', () => {
    const graph = hararyGraph(40, 12, 8, new Uint8Array(32).fill(4));
    const away = new Set(graph.neighboursOf(11).indices.slice(0, 6));
    const of = forty(graph);
    const phases = of.phases.map((phase, member) => (away.has(member) ? masking : phase));
    expect(check({ ...of, phases })).to.equal('refused');
  });
});
