/**
 * Leakage rank on the sparse graph, where each member sees its own neighbourhood only: whatever U2 a coordinator shows
 * to each, one outcome on chain opens nothing but the sum of the honest survivors. What a member accepts is decided by
 * the clients' own rule (protocol/rules/neighbourhood.ts). protocol.md §3.8, §4.9
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '#crypto/bytes.ts';
import { hararyGraph, holdersOf, type Graph } from '#crypto/graph.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { merklePath, merkleRoot } from '#crypto/merkle.ts';
import { survivorsProofFlaw } from '#protocol/rules/neighbourhood.ts';
import { rosterOn } from '#protocol/rules/roster.ts';
import { inputLeaf, memberBitmap } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { digestOfText, domain } from '#test/support/cohort.ts';
import { Span, type Row } from './howell.ts';
import { derivedSums, wordBits, type Seen } from './knowledge.ts';
import { membersOf, partSums } from './parts.ts';

type Case = Readonly<{
  graph: Graph;
  corrupt: ReadonlySet<number>;
  survivors: MemberSet;
  /** Into which of two parts the coordinator would cut the honest members, by bits. */
  parts: number;
  /** Members that are left out of all that others see of U2, by bits. */
  silent: number;
}>;

const bit = (bits: number, member: number): number => (bits >> member) & 1;

/** What a member is shown of U2 near it. */
const nearOf = ({ graph, corrupt, parts, silent }: Case, member: number): MemberSet =>
  memberSet(
    [...holdersOf(graph, member)].filter(
      (peer) =>
        peer === member ||
        corrupt.has(peer) ||
        (bit(silent, peer) === 0 && bit(parts, peer) === bit(parts, member)),
    ),
  );

const rootOf = (member: number): Bytes32 => digestOfText(`input ${member}`);

/** What a member has against U3, by the clients' own rule. */
function flawOf(it: Case, member: number): string | null {
  const roster = rosterOn(it.graph, {
    root: digestOfText('roster'),
    size: it.graph.n,
    members: [],
    draw: {
      degree: it.graph.degree,
      threshold: it.graph.threshold,
      seedBlock: 1,
      randao: digestOfText('randao'),
    },
    enrolments: [],
  });
  const frame = { domain, id: { job: 7, round: 1, attempt: 1 }, roster };
  const leaves = it.survivors.indices.map((one) => inputLeaf({ member: one, inputRoot: rootOf(one) }));
  const place = it.survivors.indices.indexOf(member);
  const proof = {
    members: memberBitmap(it.survivors, it.graph.n),
    tree: toHex(merkleRoot(leaves)) as Bytes32,
    path: place < 0 ? null : merklePath(leaves, place).map((node) => toHex(node) as Bytes32),
  };
  return survivorsProofFlaw(frame, member, nearOf(it, member), proof, rootOf(member))?.code ?? null;
}

function everythingSeen(it: Case): Seen[] {
  const honest = membersOf(it.graph).filter((member) => !it.corrupt.has(member));
  const content = new Map(honest.map((member) => [member, flawOf(it, member) === null]));
  return honest.flatMap((member): Seen[] => {
    const near = nearOf(it, member);
    // A member masks only where t neighbours share.
    if (near.size - 1 < it.graph.threshold) return [];
    const input: Seen = { what: 'input', attempt: 1, member, sharers: near.indices };
    const confirmed = near.indices.every((peer) => !it.survivors.has(peer) || content.get(peer) !== false);
    if (!content.get(member) || !confirmed) return [input];
    const opened = near.indices.map((dealer): Seen => {
      const of = it.survivors.has(dealer) ? 'seed' : 'mask';
      return { what: 'share', attempt: 1, holder: member, dealer, of };
    });
    return [input, ...opened];
  });
}

const cases = fc
  .record({
    n: fc.integer({ min: 7, max: 14 }),
    degree: fc.constantFrom(4, 6, 8),
    threshold: fc.nat({ max: 8 }),
    corrupt: fc.uniqueArray(fc.nat({ max: 13 }), { maxLength: 5 }),
    lost: fc.uniqueArray(fc.nat({ max: 13 }), { maxLength: 2 }),
    parts: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 14 - 1 })),
    silent: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.nat({ max: 2 ** 14 - 1 }) },
    ),
  })
  .map(({ n, degree, threshold, corrupt, lost, parts, silent }): Case => {
    const k = Math.min(degree, 2 * Math.floor((n - 1) / 2));
    const graph = hararyGraph(
      n,
      k,
      Math.min(k / 2 + 1 + (threshold % (k / 2)), k),
      new Uint8Array(32).fill(n),
    );
    return {
      graph,
      corrupt: new Set(corrupt.filter((member) => member < n)),
      survivors: memberSet(membersOf(graph).filter((member) => !lost.includes(member))),
      parts,
      silent,
    };
  });

const derived = (it: Case): Row[] =>
  derivedSums({ n: it.graph.n, corrupt: it.corrupt, graphOf: () => it.graph }, everythingSeen(it));

const keepsSecrets = ({ graph, corrupt }: Case): boolean =>
  membersOf(graph).every((member) => {
    const known = [...holdersOf(graph, member)].filter((holder) => corrupt.has(holder)).length;
    return corrupt.has(member) || known < graph.threshold;
  });

describe('what is derived from views of neighbourhoods', () => {
  it('is sums of all honest survivors that hang together, however U2 is shown', () => {
    let refused = 0;
    let summed = 0;
    fc.assert(
      fc.property(cases, (it) => {
        fc.pre(keepsSecrets(it));
        const honest = it.survivors.indices.filter((member) => !it.corrupt.has(member));
        const due = new Span(wordBits, partSums(it.graph, honest));
        const found = derived(it);
        for (const sum of found) expect(due.has(sum), String(sum)).to.equal(true);
        summed += found.length > 0 ? 1 : 0;
        refused += honest.some((member) => flawOf(it, member) === 'survivors/not-sharers') ? 1 : 0;
      }),
      { seed: 41 },
    );
    expect(
      [refused, summed].every((count) => count > 4),
      `${refused} refused, ${summed} summed`,
    ).to.equal(true);
  });

  it('is not a sum without a survivor that the others were told had not shared', () => {
    const graph = hararyGraph(8, 6, 4, new Uint8Array(32).fill(8));
    const survivors = memberSet(membersOf(graph));
    const it: Case = { graph, corrupt: new Set(), survivors, parts: 0b10, silent: 0 };
    const [peer = -1] = graph.neighboursOf(1);
    expect(flawOf(it, peer)).to.equal('survivors/not-sharers');
    expect(flawOf(it, 1)).to.equal('survivors/not-sharers');
    expect(derived(it)).to.deep.equal([]);
    expect(derived({ ...it, parts: 0 })).to.deep.equal([[1, 1, 1, 1, 1, 1, 1, 1]]);
  });
});
