/** When a graph is sparse, what its commitments bind, and what the escrow holds against a listed attempt. */
import { expect } from 'chai';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { committedFlaw, type Committed } from '#protocol/rules/committed.ts';
import { confirmationsFlaw, cutOffFlaw, inputsFlaw, sharesFlaw } from '#protocol/rules/phase-messages.ts';
import {
  degreeFor,
  drawFlaw,
  isSparse,
  largestRoster,
  rosterCommitment,
  sparseGraph,
  survivorsCommitment,
  unsafeFlaw,
} from '#protocol/rules/sparse.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import { agreedRoot, listedRoot, survivorsOf } from '#protocol/rules/survivors.ts';
import { toBytes32 } from '#protocol/units.ts';
import { load } from '#test/crypto/replay/load.ts';
import { scenarios } from '#test/support/reference/scenarios.ts';
import type { RoundVector } from '#test/support/reference/vector.ts';
import { memberSet } from '#crypto/members.ts';
import { cohort, digestOfText, signed } from '#test/support/cohort.ts';
import { draw, terms, twelve } from '#test/support/near.ts';

const root = digestOfText('root');

describe('a sparse graph', () => {
  it('is for rosters above the bound of their terms, and above 100 under any that have one', () => {
    expect(isSparse(null, 1000)).to.equal(false);
    expect(isSparse(terms, 11)).to.equal(false);
    expect(isSparse(terms, 12)).to.equal(true);
    expect(isSparse({ ...terms, above: 500 }, 100)).to.equal(false);
    expect(isSparse({ ...terms, above: 500 }, 101)).to.equal(true);
    expect(largestRoster(null)).to.equal(100);
    expect(largestRoster(terms)).to.equal(1024);
  });

  it('has degree and threshold by terms and size', () => {
    expect(degreeFor(twelve, terms)).to.deep.equal({ degree: draw.degree, threshold: draw.threshold });
    expect(drawFlaw(twelve, terms, draw)).to.equal(null);
    const wrong = [
      null,
      { ...draw, degree: 8 },
      { ...draw, degree: 4 },
      { ...draw, threshold: 4 },
      { ...draw, threshold: 6 },
    ];
    for (const other of wrong) {
      expect(drawFlaw(twelve, terms, other)).to.have.property('code', 'graph/other-parameters');
    }
  });

  it('is none where the terms want the complete one', () => {
    expect(drawFlaw(11, terms, null)).to.equal(null);
    expect(drawFlaw(twelve, null, null)).to.equal(null);
    expect(drawFlaw(11, terms, draw)).to.have.property('code', 'graph/not-sparse');
    expect(drawFlaw(twelve, null, draw)).to.have.property('code', 'graph/not-sparse');
  });

  it('is a flaw, not an error, where no graph is safe', () => {
    for (const shown of [null, draw]) {
      expect(drawFlaw(6, { ...terms, above: 2 }, shown)).to.have.property('code', 'parameters/no-safe-graph');
      expect(drawFlaw(2, { ...terms, above: 1 }, shown)).to.have.property('code', 'parameters/cohort');
    }
    expect(unsafeFlaw(7, terms)).to.equal(null);
    expect(unsafeFlaw(6, terms)).to.have.property('code', 'parameters/no-safe-graph');
  });

  it('depends on root, attempt and randomness', () => {
    const edges = (graph: ReturnType<typeof sparseGraph>) =>
      Array.from({ length: twelve }, (_, member) => [...graph.neighboursOf(member)].join()).join(' ');
    const graphs = [
      sparseGraph(twelve, root, 1, draw),
      sparseGraph(twelve, digestOfText('other'), 1, draw),
      sparseGraph(twelve, root, 2, draw),
      sparseGraph(twelve, root, 1, { ...draw, randao: digestOfText('other') }),
    ];
    expect(new Set(graphs.map(edges)).size).to.equal(4);
    expect(edges(sparseGraph(twelve, root, 1, { ...draw, seedBlock: 1 }))).to.equal(edges(graphs[0]!));
  });
});

describe('the commitments of the escrow', () => {
  it('bind bitmap and tree', () => {
    const all = [
      rosterCommitment('0xff0f', root),
      rosterCommitment('0xfe0f', root),
      rosterCommitment('0xff0f00', root),
      rosterCommitment('0xff0f', digestOfText('tree')),
      survivorsCommitment(root, '0xff0f', root),
      survivorsCommitment(root, '0xfe0f', root),
      survivorsCommitment(root, '0xff0f', digestOfText('tree')),
      survivorsCommitment(digestOfText('roster'), '0xff0f', root),
    ];
    expect(new Set(all).size).to.equal(8);
    for (const digest of all) expect(fromHex(digest)).to.have.length(32);
  });
});

describe('the reference’s vectors of sparse attempts', () => {
  const sparse = scenarios.filter(({ n, degree }) => degree < n - 1);
  const hex = (digits: string) => toBytes32(`0x${digits}`);

  it('are two, of graphs that are not whole', () => expect(sparse).to.have.length(2));

  for (const { name } of sparse) {
    it(`have the same roster root, ring and survivors: ${name}`, () => {
      const v = load(`round-${name}.json`) as RoundVector;
      const { seats, tree, randao } = v.sparse ?? expect.fail('no ring');
      const bitmap = toHex(fromHex(`0x${seats}`));
      expect(seatsOf(bitmap)).to.deep.equal(v.members.map((_, index) => 2 * index));
      const committed = rosterCommitment(bitmap, hex(tree));
      expect(committed).to.equal(hex(v.binding.roster));

      const drawn = { degree: v.degree, threshold: v.threshold, seedBlock: 40, randao: hex(randao) };
      const graph = sparseGraph(v.n, committed, v.binding.context.attempt, drawn);
      expect(v.members.map((_, member) => [...graph.neighboursOf(member)])).to.deep.equal(v.neighbours);

      const listed = v.survivors.members.map((member, place) => ({
        member,
        inputRoot: hex(v.inputs[place]!.inputRoot),
      }));
      const roster = { root: committed, size: v.n, draw: drawn } as unknown as Roster;
      expect(listedRoot(roster, listed)).to.equal(hex(v.survivorsRoot!));
    });
  }
});

describe('a sparse attempt as a whole', () => {
  const at = cohort({ n: twelve, draw });
  const survivors = at.inputs.map(({ message }) => message);
  const committed: Committed = {
    roster: at.roster.root,
    survivors: agreedRoot(at.roster, at.inputs),
    seedBlock: draw.seedBlock,
    randao: draw.randao,
  };
  const near = [...at.roster.graph.neighboursOf(2)];
  const without = <Envelope extends { message: { member: number } }>(
    list: readonly Envelope[],
    ...lost: number[]
  ): Envelope[] => list.filter(({ message }) => !lost.includes(message.member));

  it('is what the escrow holds', () => {
    expect(committedFlaw(at.roster, survivors, committed)).to.equal(null);
    expect(committedFlaw(at.roster, [...survivors].reverse(), committed)).to.equal(null);
  });

  it('is refused where the escrow holds anything else', () => {
    const code = (change: Partial<Committed>, listed = survivors) =>
      committedFlaw(at.roster, listed, { ...committed, ...change })?.code;
    expect(code({ roster: root })).to.equal('roster/not-on-chain');
    expect(code({ seedBlock: 41 })).to.equal('graph/other-seed');
    expect(code({ randao: root })).to.equal('graph/other-seed');
    expect(code({ survivors: root })).to.equal('outcome/other-survivors');
    expect(code({}, survivors.slice(1))).to.equal('outcome/other-survivors');
    expect(code({}, survivors.with(0, { ...survivors[0]!, inputRoot: root }))).to.equal(
      'outcome/other-survivors',
    );
  });

  it('has a draw', () => {
    const complete = cohort({ n: 5 });
    const listed = complete.inputs.map(({ message }) => message);
    expect(
      committedFlaw(complete.roster, listed, { ...committed, roster: complete.roster.root }),
    ).to.have.property('code', 'graph/other-seed');
  });

  it('has sound messages, few sharers or many', () => {
    expect(sharesFlaw(at.frame, at.shares)).to.equal(null);
    expect(sharesFlaw(at.frame, at.shares.slice(0, 3))).to.equal(null);
    expect(inputsFlaw(at.frame, at.shares, at.inputs)).to.equal(null);
    expect(confirmationsFlaw(at.frame, at.shares, at.inputs, at.confirmations)).to.equal(null);
  });

  it('has inputs masked for the sharers near them', () => {
    expect(inputsFlaw(at.frame, without(at.shares, near[0]!), at.inputs)).to.have.property(
      'code',
      'input/other-sharers',
    );
    const { message } = at.inputs[2]!;
    const far = signed(2, 'Input', { ...message, sharers: at.inputs[3]!.message.sharers });
    expect(inputsFlaw(at.frame, at.shares, at.inputs.with(2, far))).to.have.property(
      'code',
      'input/other-sharers',
    );
  });

  it('keeps five neighbours for each survivor', () => {
    expect(inputsFlaw(at.frame, at.shares, without(at.inputs, near[0]!))).to.equal(null);
    const cut = without(at.inputs, near[0]!, near[1]!);
    expect(inputsFlaw(at.frame, at.shares, cut)).to.have.property('code', 'survivors/cut-off');
    expect(cutOffFlaw(at.roster, survivorsOf(cut))).to.have.property('code', 'survivors/cut-off');
    expect(cutOffFlaw(at.roster, memberSet([]))).to.equal(null);
  });

  it('is confirmed by all survivors, not by a threshold of them', () => {
    const code = (list: typeof at.confirmations) =>
      confirmationsFlaw(at.frame, at.shares, at.inputs, list)?.code;
    expect(code(at.confirmations.slice(1))).to.equal('confirm/too-few');
    const { message } = at.confirmations[2]!;
    const other = signed(2, 'Confirm', { ...message, survivors: root });
    expect(code(at.confirmations.with(2, other))).to.equal('confirm/other-survivors');
    const sharers = signed(2, 'Confirm', { ...message, sharers: root });
    expect(code(at.confirmations.with(2, sharers))).to.equal('confirm/other-survivors');
  });
});
