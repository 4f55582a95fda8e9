/** What a proof of fault proves, and what nobody can make one of. */
import { expect } from 'chai';
import fc from 'fast-check';
import { merklePath, merkleRoot } from '#crypto/merkle.ts';
import { toHex } from '#crypto/bytes.ts';
import type { ShareKind } from '#crypto/commitments.ts';
import { holdersOf } from '#crypto/graph.ts';
import { auditFault } from '#auditor/fault.ts';
import { faultSchema, type Fault } from '#protocol/fault.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import type { Committed } from '#protocol/rules/committed.ts';
import { faultProven, type FaultBasis } from '#protocol/rules/fault.ts';
import { decodeRevealed, encodeRevealed } from '#protocol/rules/revealed.ts';
import { rosterLeaves } from '#protocol/rules/roster.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { revealedOf, unmaskingOf } from '#test/coordinator/fixtures.ts';
import { cohort, digestOfText, operatorAddress, signed, type Cohort } from '#test/support/cohort.ts';
import { lineageJob } from '#test/support/lineage.ts';
import { draw, terms, twelve } from '#test/support/near.ts';

const hex = (bytes: Uint8Array) => toHex(bytes) as Bytes32;

/** Members 1 and 3 deal false shares; member 3 is lost at upload. t = 5 of 7. */
const members = cohort({ n: 7, steep: [1, 3], lostBeforeMasking: [3] });
const sparse = cohort({ n: twelve, draw, steep: [4] });

const basisOf = (of: Cohort, committed: Committed | null = null): FaultBasis => ({
  domain: of.domain,
  id: of.id,
  seats: of.seats,
  sparse: of.roster.draw ? terms : null,
  committed,
});
const held: Committed = {
  roster: sparse.roster.root,
  survivors: agreedRoot(sparse.roster, sparse.inputs),
  seedBlock: draw.seedBlock,
  randao: draw.randao,
};

const openedOf = (of: Cohort, dealer: number, holders: readonly number[], kind?: ShareKind) =>
  holders.map((holder) => {
    const { y, other, path } = revealedOf(of, holder, dealer, kind);
    return { holder, y, other, path };
  });

/** As a coordinator makes it. */
function faultOf(of: Cohort, dealer: number, holders = firstHolders(of, dealer)): Fault {
  const leaves = rosterLeaves(of.domain, of.enrolments);
  const seats = of.enrolments.map(({ message }) => message.seat);
  return {
    roster: of.roster.draw
      ? {
          graph: 'sparse',
          seats: seatBitmap(seats, of.seats.length),
          tree: hex(merkleRoot(leaves)),
          path: merklePath(leaves, dealer).map(hex),
          draw,
        }
      : { graph: 'complete', enrolments: leaves.map(hex) },
    enrolment: of.enrolments[dealer]!,
    shares: of.shares.find(({ message }) => message.member === dealer)!,
    kind: of.vectors.has(dealer) ? 'seed' : 'mask',
    opened: openedOf(of, dealer, holders),
  };
}
const firstHolders = (of: Cohort, dealer: number) =>
  holdersOf(of.roster.graph, dealer).indices.slice(0, of.roster.threshold);

const judged = (fault: Fault, basis = basisOf(members)) =>
  faultProven(basis, faultSchema.parse(JSON.parse(JSON.stringify(fault))))?.code ?? 'proven';
const judgedSparse = (fault: Fault, change: Partial<FaultBasis> = {}) =>
  judged(fault, { ...basisOf(sparse, held), ...change });

describe('a proof of fault', () => {
  const seed = faultOf(members, 1);
  const mask = faultOf(members, 3);

  it('names a dealer whose shares restore another seed, or another key', () => {
    expect(seed.kind).to.equal('seed');
    expect(judged(seed)).to.equal('proven');
    expect(mask.kind).to.equal('mask');
    expect(judged(mask)).to.equal('proven');
    expect(judgedSparse(faultOf(sparse, 4))).to.equal('proven');
  });

  it('is of whichever t holders: no choice of them clears the dealer', () => {
    for (const left of [0, 2, 4]) {
      const holders = [0, 1, 2, 3, 4, 5, 6].filter((holder) => holder !== left && holder !== 6);
      expect(judged(faultOf(members, 1, holders))).to.equal('proven');
    }
  });

  it('can be made of no honest dealer, whichever t of its shares are chosen', () => {
    const honest = [0, 2, 4, 5, 6];
    fc.assert(
      fc.property(
        fc.constantFrom(...honest),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 5, maxLength: 5 }),
        (dealer, holders) => {
          const ascending = [...holders].sort((a, b) => a - b);
          expect(judged(faultOf(members, dealer, ascending))).to.equal('fault/none');
        },
      ),
      { numRuns: 10, seed: 6 },
    );
    expect(judgedSparse(faultOf(sparse, 5))).to.equal('fault/none');
  });

  it('shows exactly t shares, by ascending holder', () => {
    const { opened } = seed;
    const [first] = opened;
    for (const list of [
      [],
      opened.slice(1),
      openedOf(members, 1, [0, 1, 2, 3, 4, 5]),
      [first!, first!, ...opened.slice(2)],
      opened.toReversed(),
    ]) {
      expect(judged({ ...seed, opened: list })).to.equal('fault/share-count');
    }
  });

  it('shows shares of this dealer, this holder and this kind alone', () => {
    const bend = (entry: Partial<Fault['opened'][0]>) => ({
      ...seed,
      opened: [{ ...seed.opened[0]!, ...entry }, ...seed.opened.slice(1)],
    });
    const [, second] = seed.opened;
    const [other] = openedOf(members, 2, [0]);
    const [closed] = openedOf(members, 1, [0], 'mask');
    for (const entry of [
      { y: second!.y },
      { y: '0x01' as const },
      { y: `0x${'ff'.repeat(33)}` as const },
      { other: second!.other },
      { path: second!.path },
      { path: seed.opened[0]!.path.slice(1) },
      other!,
      closed!,
    ]) {
      expect(judged(bend(entry))).to.equal('fault/off-root');
    }
    expect(judged({ ...seed, kind: 'mask' })).to.equal('fault/off-root');
    const outside = [...seed.opened.slice(1), { ...seed.opened[4]!, holder: 70 }];
    expect(judged({ ...seed, opened: outside })).to.equal('fault/off-root');
  });

  it("carries the dealer's own signatures, of this attempt, with the operator that the chain holds", () => {
    const { message } = seed.shares;
    const shares = (change: object, by = 1) => ({
      ...seed,
      shares: signed(by, 'Shares', { ...message, ...change }),
    });
    expect(judged(shares({}, 2))).to.equal('message/bad-signature');
    expect(judged(shares({ attempt: 2 }))).to.equal('message/other-attempt');
    expect(judged(shares({ member: 2 }))).to.equal('fault/other-dealer');
    expect(judged({ ...seed, enrolment: members.enrolments[2]! })).to.equal('message/bad-signature');
    const enrolment = (change: object, by = 1) => ({
      ...seed,
      enrolment: signed(by, 'Enrolment', { ...seed.enrolment.message, ...change }),
    });
    expect(judged(enrolment({ seat: 70 }))).to.equal('enrolment/unknown-seat');
    expect(judged(enrolment({ operator: operatorAddress(2) }))).to.equal('enrolment/wrong-operator');
    expect(judged(enrolment({}, 2))).to.equal('message/bad-signature');
    // Its operator's, but not the one that stands in the roster.
    expect(judged(enrolment({ maskKey: digestOfText('another') }))).to.equal('fault/other-dealer');
    expect(judged(seed, { ...basisOf(members), id: { ...members.id, round: 2 } })).to.equal(
      'message/other-attempt',
    );
  });

  it('takes the threshold from the roster that the dealer signed for, and from nothing else', () => {
    if (seed.roster.graph !== 'complete') throw new Error('sparse');
    const enrolments = seed.roster.enrolments.slice(0, 6);
    const honest = faultOf(members, 2, [0, 1, 2, 3]);
    const smaller = { ...honest, roster: { graph: 'complete', enrolments } } as const;
    expect(judged(smaller)).to.equal('message/other-roster');
    const sparseTerms = { ...basisOf(members), sparse: { ...terms, above: 3 } };
    expect(judged(seed, sparseTerms)).to.equal('graph/other-parameters');
  });

  it('of a sparse attempt is held against the escrow, and its graph against the terms', () => {
    const fault = faultOf(sparse, 4);
    if (fault.roster.graph !== 'sparse') throw new Error('complete');
    const { roster } = fault;
    const bent = (change: Partial<typeof roster>) =>
      judgedSparse({ ...fault, roster: { ...roster, ...change } });
    expect(bent({ tree: digestOfText('tree') })).to.equal('message/other-roster');
    expect(bent({ seats: '0xff07' })).to.equal('message/other-roster');
    expect(bent({ path: roster.path.slice(1) })).to.equal('fault/other-dealer');
    expect(bent({ draw: { ...draw, degree: 4 } })).to.equal('graph/other-parameters');
    expect(bent({ draw: { ...draw, threshold: 4 } })).to.equal('graph/other-parameters');
    expect(bent({ draw: { ...draw, randao: digestOfText('ground') } })).to.equal('graph/other-seed');
    expect(judgedSparse(fault, { committed: null })).to.equal('roster/not-on-chain');
    const elsewhere = { ...held, roster: digestOfText('elsewhere') };
    expect(judgedSparse(fault, { committed: elsewhere })).to.equal('roster/not-on-chain');
    expect(judgedSparse(fault, { sparse: null })).to.equal('graph/not-sparse');
  });

  it('is read back from what members signed', () => {
    const { shares } = unmaskingOf(members, 2);
    expect(decodeRevealed(encodeRevealed(shares))).to.deep.equal(shares);
    expect(decodeRevealed(new Uint8Array())).to.deep.equal([]);
  });

  it("is judged by an auditor with the job's terms and the chain", async () => {
    const five = cohort({ n: 5, steep: [1] });
    const { store, chain } = await lineageJob();
    const given = {
      domain: five.domain,
      job: { ...chain, seats: chain.seats.map((seat, at) => ({ ...seat, operator: operatorAddress(at) })) },
      blocks: store,
      committed: () => Promise.reject(new Error('asked of a complete graph')),
    };
    expect(await auditFault(given, faultOf(five, 1))).to.deep.equal({
      result: 'passed',
      detail: `round 1, attempt 1: operator ${operatorAddress(1)} of seat 1 dealt false shares of its seed`,
    });
    expect(await auditFault(given, faultOf(five, 2))).to.deep.include({
      result: 'failed',
      code: 'fault/none',
      place: 'round 1, attempt 1',
    });
  });
});
