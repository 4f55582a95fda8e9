/** Lies about who is left in a sparse attempt, and how it ended. protocol.md §4.8, §4.9, §5.4 */
import { expect } from 'chai';
import { abortAttempt } from '#contracts/attempt-outcomes.ts';
import { memberSet, type MemberSet } from '#crypto/members.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import { all, sparsely, type Play, type Victim } from './play.ts';
import { confirmedTwice, drawnUntil, maskedAttempt, sparseAttempt } from './sparse-attempt.ts';
import { plain, SparseLiar } from './sparse-liar.ts';
import { Stage } from './stage.ts';
import { skipping, accepting, type Check } from './weakened.ts';

describe('a coordinator that lies about the survivors of a sparse attempt', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  describe('two sets of them, of whom one lacks seat 0', () => {
    async function twoSets(play: Play, without: readonly Check[]) {
      const { liar, second, third, inputs, tell } = await confirmedTwice(play, { without });
      await liar.fix(inputs);
      tell.all(second);
      await liar.unmaskings(1);
      tell.fewer(third);
      return { liar, third };
    }
    const calls = ['enrolments', 'shares', 'receipts', 'inputs', 'confirmations', 'confirmations'];

    it('the one that the escrow does not hold is refused', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, third } = await twoSets(play, []);
        await liar.refused(third, 'outcome/other-survivors');
        expect(third.calls()).to.deep.equal(calls);
        expect(liar.knowledge().open(0, all(liar.roster))).to.equal(null);
      }));

    it('and would open the update of seat 0 among clients that do not ask the escrow', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar } = await twoSets(play, [skipping('outcome/other-survivors')]);
        await liar.unmaskings(2);
        expect(liar.knowledge().open(0, all(liar.roster))).to.deep.equal(play.secretOf(0));
      }));
  });

  describe('some of whom were hidden from their neighbours', () => {
    /** Two pairs of clients who are neighbours, each of a puppet or of a member of the other pair: once in twelve draws. */
    function pairsIn({ graph }: Roster): MemberSet[] {
      const strangers = clients.indices.map((own) =>
        clients.indices.find((peer) => peer !== own && !graph.neighboursOf(own).has(peer)),
      );
      if (strangers.includes(undefined)) return [];
      const one = clients.indices.find((peer) => peer !== 0 && peer !== strangers[0]) ?? 0;
      return [memberSet([0, one]), memberSet(clients.indices.filter((own) => own !== 0 && own !== one))];
    }

    /** Each pair is told that the other never shared, and that all four are left. */
    async function parted(play: Play, without: readonly Check[]) {
      const { liar, victims } = await sparseAttempt(play, 4, { without });
      await drawnUntil(play, liar, await liar.freeze(victims), (roster) => pairsIn(roster).length === 2);
      liar.tell(victims, 'sharing');
      const dealt = plain(await liar.shares(victims));
      const pairs = pairsIn(liar.roster).map((pair) => ({
        pair,
        victims: victims.filter(({ seat }) => pair.has(seat)),
        shares: dealt.filter(({ message: { member } }) => pair.has(member) || !clients.has(member)),
      }));
      for (const { victims: two, shares } of pairs) liar.tell(two, 'receiving', { shares });
      await play.receives('receipts', ...clients);
      for (const { victims: two, shares } of pairs) liar.tell(two, 'masking', { shares });
      const inputs = await liar.inputs(victims);
      for (const { victims: two, shares } of pairs) liar.tell(two, 'confirming', { shares, inputs });
      return { liar, victims, inputs, pairs };
    }

    it('is refused', () =>
      stage.play(sparsely(8), async (play) => {
        const { liar, victims } = await parted(play, []);
        for (const victim of victims) {
          await liar.refused(victim, 'survivors/not-sharers');
          expect(victim.calls()).to.deep.equal(['enrolments', 'shares', 'receipts', 'inputs', 'aborts']);
        }
      }));

    it('and would part the sum of clients that do not look for them', () =>
      stage.play(sparsely(8), async (play) => {
        const { liar, victims, inputs, pairs } = await parted(play, [skipping('survivors/not-sharers')]);
        const confirmations = await liar.confirmations(victims, inputs);
        await liar.fix(inputs);
        for (const { victims: two, shares } of pairs) {
          liar.tell(two, 'unmasking', { shares, inputs, confirmations });
        }
        await liar.unmaskings(4);
        for (const { pair, shares } of pairs) {
          const [a, b] = pair.indices.map((seat) => play.secretOf(seat));
          const both = a?.map((word, at) => word + (b?.[at] ?? 0));
          expect(liar.knowledge().sum(pair, sharersOf(shares))).to.deep.equal(both);
        }
      }));
  });

  /** Seats 1, 2 and 3 once more, alone and in the complete graph. */
  function secondAttempt(play: Play, victims: readonly Victim[]) {
    const second = new SparseLiar(play, [], 2);
    second.begin();
    second.announce(victims);
    const sum = async () => {
      second.roster = buildRoster(play.job.id, await second.freeze(victims));
      const { shares, inputs } = await second.collect(victims);
      second.tell(victims, 'confirming', { shares, inputs });
      const confirmations = await second.confirmations(victims, inputs);
      second.tell(victims, 'unmasking', { shares, inputs, confirmations });
      await second.unmaskings(3);
      return second.knowledge().sum(all(second.roster), all(second.roster)) ?? expect.fail('no sum');
    };
    return { second, sum };
  }

  describe('a retry without seat 0', () => {
    it('is refused once the escrow holds survivors', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victims, inputs } = await maskedAttempt(play, 4, {});
        await liar.fix(inputs);
        const [, ...others] = victims;
        await liar.moveOn(others);
        const { second } = secondAttempt(play, others);
        for (const victim of others) {
          await second.refused(victim, 'retry/not-aborted');
          expect(victim.calls()).to.deep.equal(['enrolments', 'shares', 'receipts', 'inputs']);
        }
      }));

    it('and would leave the update of seat 0 between two sums of clients that ask for no abort', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, victims, shares, inputs } = await maskedAttempt(play, 4, {
          without: [skipping('retry/not-aborted')],
        });
        const [, ...others] = victims;
        liar.tell(victims, 'confirming', { shares, inputs });
        const confirmations = await liar.confirmations(victims, inputs);
        await liar.fix(inputs);
        await liar.moveOn(others);
        const { second, sum } = secondAttempt(play, others);
        const without = await sum();
        await second.moveOn(others);
        liar.begin();
        liar.tell(victims, 'unmasking', { shares, inputs, confirmations });
        await liar.unmaskings(3);
        const knowledge = liar.knowledge();
        const whole = knowledge.sum(clients, all(liar.roster)) ?? expect.fail('no sum');
        expect(knowledge.minus(whole, without)).to.deep.equal(play.secretOf(0));
      }));
  });

  describe('shares of an attempt that was aborted', () => {
    /** The abort lets seats 1, 2 and 3 mask the same inputs again, and open the sum of those; then they are asked for the first. */
    async function both(play: Play, without: readonly Check[]) {
      const { liar, victims, shares, inputs } = await maskedAttempt(play, 4, { without });
      const [, ...others] = victims;
      liar.tell(victims, 'confirming', { shares, inputs });
      const confirmations = await liar.confirmations(victims, inputs);
      await abortAttempt(play.world.coordinator.contracts, liar.id);
      await liar.moveOn(others);
      const { second, sum } = secondAttempt(play, others);
      const fewer = await sum();
      await second.moveOn(others);
      liar.begin();
      liar.tell(victims, 'unmasking', { shares, inputs, confirmations });
      return { liar, others, fewer };
    }
    const calls = ['enrolments', 'shares', 'receipts', 'inputs', 'confirmations'];

    it('are refused', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, others } = await both(play, []);
        for (const victim of others) {
          await liar.refused(victim, 'unmask/aborted');
          expect(victim.calls()).to.deep.equal([...calls, ...calls, 'unmaskings']);
        }
        expect(liar.knowledge().sum(clients, all(liar.roster))).to.equal(null);
      }));

    it('and would leave the update of seat 0 between two sums of clients that open them', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, fewer } = await both(play, [accepting('unmask/aborted')]);
        await liar.unmaskings(3);
        const knowledge = liar.knowledge();
        const whole = knowledge.sum(clients, all(liar.roster)) ?? expect.fail('no sum');
        expect(knowledge.minus(whole, fewer)).to.deep.equal(play.secretOf(0));
      }));
  });
});

const clients = memberSet([0, 1, 2, 3]);
