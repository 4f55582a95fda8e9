/** Lies about a sparse roster and its graph. protocol.md §3.8, §3.9, §4.9 */
import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { merklePaths, merkleRoot } from '#crypto/merkle.ts';
import type { AttemptView, Neighbourhood } from '#protocol/attempt-view.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { rosterFrom } from '#protocol/rules/neighbourhood.ts';
import { rosterLeaves, type Roster } from '#protocol/rules/roster.ts';
import { degreeFor, rosterCommitment } from '#protocol/rules/sparse.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { sparseTerms } from '#test/coordinator/fixtures.ts';
import { operatorAddress, operatorKey } from '#test/support/cohort.ts';
import { all, sparsely, type Play, type Treatment, type Victim } from './play.ts';
import { freshKeys, Puppet } from './puppet.ts';
import { plain, SparseLiar } from './sparse-liar.ts';
import { Stage } from './stage.ts';
import { skipping } from './weakened.ts';

describe('a coordinator that lies about a sparse roster', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** Members by the protocol, whose keys the liar has. */
  const puppetsIn = (play: Play, seats: readonly number[]): Puppet[] =>
    seats.map((seat) => play.puppet(seat, { key: operatorKey(seat) }));

  /** Shows this one client another roster. */
  const showing =
    (roster: Neighbourhood) =>
    (view: AttemptView): AttemptView =>
      ({ ...view, roster }) as AttemptView;

  /** A neighbourhood of a tree with these leaves, of which the liar shows what it will. */
  function neighbourhoodOf(
    play: Play,
    leaves: readonly Signed<Enrolment>[],
    shown: readonly Signed<Enrolment>[] = leaves,
  ): Neighbourhood {
    const hashes = rosterLeaves(play.job.id, leaves);
    const paths = merklePaths(hashes).map((path) => path.map((node) => toHex(node) as Bytes32));
    return {
      seats: seatBitmap(leaves.keys(), play.seats.length),
      tree: toHex(merkleRoot(hashes)) as Bytes32,
      members: shown.map((envelope, member) => ({ member, envelope, path: paths[member] ?? [] })),
    };
  }

  /** The liar commits to this neighbourhood, and takes the roster that it gives. */
  async function commitTo(play: Play, liar: SparseLiar, shown: Neighbourhood): Promise<Roster> {
    const seedBlock = await liar.commit(rosterCommitment(shown.seats, shown.tree));
    await liar.mine(2);
    const draw = { ...degreeFor(7, sparseTerms), seedBlock, randao: await liar.randaoOf(seedBlock) };
    liar.roster = rosterFrom(shown, play.id.attempt, draw);
    return liar.roster;
  }

  /** The liar's puppets go along with a client to the end of masking. @returns what it opens of seat 0 */
  async function goOn(liar: SparseLiar, victim: Victim, roster: Neighbourhood) {
    const shares = plain(await liar.shares([victim]));
    const view = (shown: AttemptView) => ({ ...shown, roster, sharers: shares }) as AttemptView;
    liar.tell([victim], 'masking', {}, view);
    await liar.inputs([victim]);
    return liar.knowledge().open(0, all(liar.roster));
  }

  describe('ground until the neighbours are its own', () => {
    /** Seats 0, 1 and 2 are clients: in the graph of the roster that is committed, four puppets stand next to one of them. */
    async function ground(play: Play, treatment: Partial<Treatment>) {
      const puppets = puppetsIn(play, [3, 4, 5, 6, 7]);
      const liar = new SparseLiar(play, puppets);
      liar.begin();
      const victims = [];
      for (const seat of [0, 1, 2]) victims.push(await play.victim(seat, treatment));
      const enrolments = await liar.freeze(victims);
      const committed = await liar.draw(enrolments);
      const { randao, seedBlock } = committed.draw ?? expect.fail('no draw');
      const member = [0, 1, 2].find((own) => near(committed, own) === 4) ?? expect.fail('no such client');
      const own = enrolments.slice(0, 3);
      let other = puppets;
      do {
        // The liar has its pick of keys; those that it drops stand in no roster.
        for (const puppet of other) puppet.memberIn = () => -1;
        other = puppetsIn(play, [3, 4, 5, 6, 7]);
        liar.roster = liar.rosterOf([...own, ...other.map(({ enrolment }) => enrolment)], randao, seedBlock);
      } while (near(liar.roster, member) !== 5);
      const victim = victims[member] ?? expect.fail('no such client');
      return { liar: liar.with(other), victim, member };
    }
    const near = ({ graph }: Roster, member: number) =>
      graph.neighboursOf(member).indices.filter((peer) => peer > 2).length;

    it('another roster than the escrow holds is refused', () =>
      stage.play(sparsely(8), async (play) => {
        const { liar, victim } = await ground(play, {});
        liar.tell([victim], 'sharing');
        await liar.refused(victim, 'roster/not-on-chain');
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it('and would open the update of a client that does not ask the escrow', () =>
      stage.play(sparsely(8), async (play) => {
        const { liar, victim, member } = await ground(play, { without: [skipping('roster/not-on-chain')] });
        const { shares } = await liar.collect([victim]);
        expect(liar.knowledge().open(member, sharersOf(shares))).to.deep.equal(play.secretOf(member));
      }));
  });

  describe('with one operator at every place of the tree', () => {
    async function everywhere(play: Play, treatment: Partial<Treatment>) {
      const puppets = [1, 2, 3, 4, 5, 6].map((member) => {
        const puppet = play.puppet(6, { key: operatorKey(6) });
        puppet.memberIn = () => member;
        return puppet;
      });
      const liar = new SparseLiar(play, puppets);
      liar.begin();
      const victim = await play.victim(0, treatment);
      const [own] = await liar.freeze([victim]);
      const leaves = [own ?? expect.fail(), ...puppets.map(({ enrolment }) => enrolment)];
      const shown = neighbourhoodOf(play, leaves);
      await commitTo(play, liar, shown);
      liar.tell([victim], 'sharing', {}, showing(shown));
      return { liar, victim, shown };
    }

    it('a member at the place of another seat is refused', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victim } = await everywhere(play, {});
        await liar.refused(victim, 'roster/order');
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it('and would open the update of a client that does not hold places against the bitmap', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victim, shown } = await everywhere(play, { without: [skipping('roster/order')] });
        expect(await goOn(liar, victim, shown)).to.deep.equal(play.secretOf(0));
      }));
  });

  describe('with neighbours who are not in the tree', () => {
    /** Real operators enrolled, and their roster is committed; the victim is shown the liar's keys at their places. */
    async function swapped(play: Play, treatment: Partial<Treatment>) {
      const puppets = [1, 2, 3, 4, 5, 6].map((seat) =>
        play.puppet(seat, { operator: operatorAddress(seat) }),
      );
      const liar = new SparseLiar(play, puppets);
      liar.begin();
      const victim = await play.victim(0, treatment);
      const [own = expect.fail(), ...forged] = await liar.freeze([victim]);
      const honest = forged.map((envelope) => enrolledAs(play, envelope));
      const shown = neighbourhoodOf(play, [own, ...honest], [own, ...forged]);
      await commitTo(play, liar, shown);
      liar.tell([victim], 'sharing', {}, showing(shown));
      return { liar, victim, shown };
    }
    /** What the operator of the same seat signed, with keys that the liar has not. */
    const enrolledAs = (play: Play, { message }: Signed<Enrolment>): Signed<Enrolment> =>
      new Puppet({
        ...{ job: play.job, expected: play.expected, deadline: play.deadline, keys: freshKeys() },
        ...{ seat: message.seat, key: operatorKey(message.seat), operator: message.operator },
      }).enrolment;

    it('keys that the operator did not sign are refused', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victim } = await swapped(play, {});
        await liar.refused(victim, 'message/bad-signature');
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it('without that check, a false path to the root is refused', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victim } = await swapped(play, { without: [skipping('message/bad-signature')] });
        await liar.refused(victim, 'roster/off-root');
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    // Each of the two stops it alone.
    it('and would open the update of a client that checks neither', () =>
      stage.play(sparsely(7), async (play) => {
        const without = ['message/bad-signature', 'roster/off-root'].map(skipping);
        const { liar, victim, shown } = await swapped(play, { without });
        expect(await goOn(liar, victim, shown)).to.deep.equal(play.secretOf(0));
      }));
  });
});
