/** Lies by the chain that a client reads: its RPC answers what is not so, or a block does not stay. protocol.md §5.4, §5.5 */
import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { systemRng } from '#crypto/random.ts';
import { agreedRoot, sharersOf } from '#protocol/rules/survivors.ts';
import type { Roster } from '#protocol/rules/roster.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import { deal } from './deal.ts';
import { openLyingRpc, type LyingRpc } from './lying-rpc.ts';
import { all, apart, sparsely, type Play, type Treatment, type Victim } from './play.ts';
import { confirmedTwice, sparseAttempt } from './sparse-attempt.ts';
import { Stage } from './stage.ts';
import { skipping, type Check } from './weakened.ts';

describe('a chain that lies', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** A client acts on nothing that one of its RPCs denies: what it would have sent first, it has not sent long after. */
  async function disagreed(play: Play, victim: Victim, rpc: LyingRpc): Promise<void> {
    await play.until('word of the disagreement', () => victim.codes.includes('chain/disagree'));
    const asked = rpc.asked();
    await play.until('another look', () => rpc.asked() > asked + 2);
  }

  /** The first of a client's RPCs is the liar's, the second the chain itself. */
  async function between(
    plan: Parameters<Stage['play']>[0],
    act: (play: Play, rpc: LyingRpc) => Promise<void>,
  ) {
    const rpc = await openLyingRpc(stage.world.chain.url);
    try {
      await stage.play(plan, (play) => act(play, rpc));
    } finally {
      await rpc.stop();
    }
  }
  const by = (rpc: LyingRpc, without: readonly Check[] = []): Partial<Treatment> => ({
    rpcUrls: [rpc.url, stage.world.chain.url],
    without,
  });
  const believing = [skipping('chain/disagree')];

  describe('by the RPC, of operator keys', () => {
    async function otherOperators(play: Play, rpc: LyingRpc, without: readonly Check[]) {
      const puppets = [1, 2, 3, 4].map((seat) => play.puppet(seat));
      for (const { seat, enrolment } of puppets) {
        rpc.swap(play.seats[seat]?.operator ?? '', enrolment.message.operator);
        await play.api.enrol(play.id, enrolment);
      }
      return { puppets, victim: await play.victim(0, by(rpc, without)) };
    }

    it('is refused where another RPC denies it', () =>
      between(apart(5), async (play, rpc) => {
        const { victim } = await otherOperators(play, rpc, []);
        await disagreed(play, victim, rpc);
        expect(victim.calls()).to.deep.equal([]);
      }));

    it('and would open the update of a client that believes the first', () =>
      between(apart(5), async (play, rpc) => {
        const { puppets } = await otherOperators(play, rpc, believing);
        const view = await untilPhase(play.api, play.id, 'sharing');
        const roster = play.rosterOf(view);
        await deal(play, puppets, roster);
        await play.until('input', () => play.sent().some(({ call }) => call === 'inputs'));
        expect(play.knowledge(roster).open(0, all(roster))).to.deep.equal(play.secretOf(0));
      }));
  });

  /** Of eight members, seats 0 to 2 are clients; seat 0 has the other five all around it in one graph of three or four. */
  const isAmongPuppets = ({ graph }: Roster) =>
    graph.neighboursOf(0).indices.filter((peer) => peer > 2).length === 5;

  describe('by the RPC, of the randomness that draws the graph', () => {
    async function otherRandomness(play: Play, rpc: LyingRpc, without: readonly Check[]) {
      const { liar, victims } = await sparseAttempt(play, 3, by(rpc, without));
      const enrolments = await liar.freeze(victims);
      const seedBlock = await liar.commit(liar.rootOf(enrolments));
      await liar.mine(2);
      const randao = await liar.randaoOf(seedBlock);
      let chosen: Bytes32;
      do {
        chosen = toHex(systemRng().bytes(32)) as Bytes32;
        liar.roster = liar.rosterOf(enrolments, chosen, seedBlock);
      } while (!isAmongPuppets(liar.roster));
      rpc.swap(randao, chosen);
      const [victim = expect.fail()] = victims;
      return { liar, victim };
    }

    it('is refused where another RPC denies it', () =>
      between(sparsely(8), async (play, rpc) => {
        const { liar, victim } = await otherRandomness(play, rpc, []);
        liar.tell([victim], 'sharing');
        await disagreed(play, victim, rpc);
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it('and would open the update of a client that believes the first', () =>
      between(sparsely(8), async (play, rpc) => {
        const { liar, victim } = await otherRandomness(play, rpc, believing);
        const { shares } = await liar.collect([victim]);
        expect(liar.knowledge().open(0, sharersOf(shares))).to.deep.equal(play.secretOf(0));
      }));
  });

  const calls = ['enrolments', 'shares', 'receipts', 'inputs', 'confirmations', 'confirmations'];

  describe('by the RPC, of the outcome', () => {
    async function otherOutcome(play: Play, rpc: LyingRpc, without: readonly Check[]) {
      const at = await confirmedTwice(play, by(rpc, without));
      const { liar, second, third, inputs, fewer, tell } = at;
      await liar.fix(inputs);
      tell.all(second);
      await liar.unmaskings(1);
      rpc.swap(agreedRoot(liar.roster, inputs), agreedRoot(liar.roster, fewer));
      tell.fewer(third);
      return at;
    }

    it('is refused where another RPC denies it', () =>
      between(sparsely(7), async (play, rpc) => {
        const { liar, third } = await otherOutcome(play, rpc, []);
        await disagreed(play, third, rpc);
        expect(third.calls()).to.deep.equal(calls);
        expect(liar.knowledge().open(0, all(liar.roster))).to.equal(null);
      }));

    it('and would open the update of seat 0 among clients that believe the first', () =>
      between(sparsely(7), async (play, rpc) => {
        const { liar } = await otherOutcome(play, rpc, believing);
        await liar.unmaskings(2);
        expect(liar.knowledge().open(0, all(liar.roster))).to.deep.equal(play.secretOf(0));
      }));
  });
});
