/** What a client of a sparse attempt makes of dealers who cheat, among its neighbours and far from it. */
import { expect } from 'chai';
import { merklePath, merkleRoot } from '#crypto/merkle.ts';
import { toHex } from '#crypto/bytes.ts';
import { holdersOf } from '#crypto/graph.ts';
import { takeStep } from '#client/take-step.ts';
import type { Fault } from '#protocol/fault.ts';
import type { Received } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { unopenedBitmap, unopenedIn } from '#protocol/rules/received.ts';
import { rosterLeaves } from '#protocol/rules/roster.ts';
import { nearDigest } from '#protocol/rules/neighbourhood.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { revealedOf } from '#test/coordinator/fixtures.ts';
import { cohort, operatorAddress, signed } from '#test/support/cohort.ts';
import { draw, twelve } from '#test/support/near.ts';
import { removeHomes } from '../support/home.ts';
import { nearBench, nearBenchAt, neighboursOf, rosterOf, show, viewFor, type NearBench } from './bench.ts';

const own = 4;

describe('the client of a sparse attempt and dealers who cheat', () => {
  afterEach(removeHomes);

  /** Holders of a dealer who say that they can't open what it dealt. */
  const complaintsOf = (at: NearBench, dealer: number, holders: readonly number[]) =>
    holders.map((member) => {
      const roster = rosterOf(at);
      const message: Received = {
        ...at.coordinator.id,
        member,
        roster: roster.root,
        sharers: nearDigest(roster, member, at.coordinator.shares),
        unopened: unopenedBitmap([dealer], twelve),
      };
      return signed(member, 'Received', message);
    });

  it('answers for its neighbours alone', async () => {
    const at = await nearBenchAt('masking', [own]);
    const [first] = neighboursOf(at, own);
    const cheater = at.coordinator.shares.find(({ message }) => message.member === first)!;
    const place = holdersOf(rosterOf(at).graph, first!).rankOf(own)!;
    cheater.ciphertexts[place] = '0x1234';
    expect(await show(at, 'receiving')).to.deep.equal([null]);
    const [{ message }] = at.coordinator.receipts as [(typeof at.coordinator.receipts)[0]];
    expect(unopenedIn(message)).to.deep.equal([first]);
    expect(message.sharers).to.equal(nearDigest(rosterOf(at), own, at.coordinator.shares));
  });

  it('masks without a neighbour of whom enough complain, its own neighbours or not', async () => {
    const at = await nearBenchAt('masking', [own]);
    expect(await show(at, 'receiving')).to.deep.equal([null]);
    // One that has a neighbour whom this client does not know.
    const near = neighboursOf(at, own);
    const strangersOf = (dealer: number) =>
      neighboursOf(at, dealer).filter((one) => one !== own && !near.includes(one));
    const dealer = near.find((one) => strangersOf(one).length > 0)!;
    const known = neighboursOf(at, dealer).filter((one) => near.includes(one));
    const complaints = complaintsOf(at, dealer, [strangersOf(dealer)[0]!, ...known].slice(0, 3));
    const without = (list: typeof complaints) => (view: ReturnType<typeof viewFor<'masking'>>) => ({
      sharers: view.sharers.filter(({ message }) => message.member !== dealer),
      excluded: [{ dealer, complaints: list }],
    });
    const lie = async (list: typeof complaints) => show(at, 'masking', [own], without(list));
    expect(await lie(complaints.slice(1))).to.deep.equal(['sharers/excluded-unproven']);
    const [stranger, ...rest] = complaints;
    const forged = signed(own, 'Received', stranger!.message);
    expect(await lie([forged, ...rest])).to.deep.equal(['sharers/excluded-unproven']);
    expect(
      await show(at, 'masking', [own], (view) => ({ ...without([])(view), excluded: [] })),
    ).to.deep.equal(['sharers/dropped']);
    expect(at.coordinator.inputs).to.deep.equal([]);
    expect(await lie(complaints)).to.deep.equal([null]);
    expect(at.coordinator.inputs).to.have.length(1);
  });

  it('checks a proof of fault against the escrow, whoever is named', async () => {
    const members = cohort({ n: twelve, draw, steep: [7] });
    const at = await nearBench({ members: [own] });
    const leaves = rosterLeaves(members.domain, members.enrolments);
    const hex = (bytes: Uint8Array) => toHex(bytes) as Bytes32;
    const holders = holdersOf(members.roster.graph, 7).indices.slice(0, 5);
    const fault: Fault = {
      roster: {
        graph: 'sparse',
        seats: seatBitmap(members.roster.members.keys(), twelve),
        tree: hex(merkleRoot(leaves)),
        path: merklePath(leaves, 7).map(hex),
        draw,
      },
      enrolment: members.enrolments[7]!,
      shares: members.shares[7]!,
      kind: 'seed',
      opened: holders.map((holder) => {
        const { y, other, path } = revealedOf(members, holder, 7);
        return { holder, y, other, path };
      }),
    };
    const [attempt] = at.attempts;
    const said: object[] = [];
    const log = { info: () => undefined, warn: (facts: object) => void said.push(facts) };
    const failed = at.coordinator.view('failed', { fault });
    expect((await takeStep({ ...attempt!, log }, failed))?.code).to.equal('roster/not-on-chain');
    at.escrow.attempt = {
      outcome: 'survivors',
      roster: members.roster.root,
      seedBlock: draw.seedBlock,
      survivors: agreedRoot(members.roster, members.inputs),
    };
    expect(await takeStep({ ...attempt!, log }, failed)).to.equal(null);
    expect(said).to.deep.equal([{ ...members.id, seat: 7, operator: operatorAddress(7) }]);
    expect(attempt!.record.decided('fault')).to.deep.equal(fault);
  });
});
