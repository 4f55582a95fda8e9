/** A chain that takes back what it said, as whoever proposes its newest blocks can make it do. protocol.md §3.9, §5.4 */
import { expect } from 'chai';
import type { Roster } from '#protocol/rules/roster.ts';
import { sharersOf } from '#protocol/rules/survivors.ts';
import { all, sparsely, type Victim } from './play.ts';
import { confirmedTwice, drawnUntil, sparseAttempt } from './sparse-attempt.ts';
import { Stage } from './stage.ts';
import type { Check } from './weakened.ts';

/**
 * On the local chain the newest block counts, on all others one with eleven on it. The whole client here is one that
 * counts on this chain as it does elsewhere; its twin is the client of the local chain.
 */
const elsewhere: readonly Check[] = [
  { file: 'contracts/provider.ts', passage: 'chainId === LOCAL_CHAIN ? 1 : 12', put: '12' },
];
const local: readonly Check[] = [];

describe('a chain that is reorganised', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  describe('until its randomness draws the neighbours that the liar wants', () => {
    const isAmongPuppets = ({ graph }: Roster) =>
      graph.neighboursOf(0).indices.filter((peer) => peer > 2).length === 5;

    const drawnAgain = (without: readonly Check[], act: Act) =>
      stage.play(sparsely(8), async (play) => {
        const { liar, victims } = await sparseAttempt(play, 3, { without });
        await drawnUntil(play, liar, await liar.freeze(victims), isAmongPuppets);
        const [victim = expect.fail()] = victims;
        await act({ play, liar, victim });
      });
    type Act = (
      at: Readonly<{
        play: Parameters<Parameters<Stage['play']>[1]>[0];
        liar: Awaited<ReturnType<typeof sparseAttempt>>['liar'];
        victim: Victim;
      }>,
    ) => Promise<void>;

    it('is not believed while it may change again', () =>
      drawnAgain(elsewhere, async ({ liar, victim }) => {
        liar.tell([victim], 'sharing');
        await liar.refused(victim, 'roster/not-final');
        expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it('and would open the update of a client that believes the newest block', () =>
      drawnAgain(local, async ({ play, liar, victim }) => {
        const { shares } = await liar.collect([victim]);
        expect(liar.knowledge().open(0, sharersOf(shares))).to.deep.equal(play.secretOf(0));
      }));
  });

  describe('between two outcomes', () => {
    it('shows none that a client acts on', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, second, third, inputs, fewer, tell } = await confirmedTwice(play, {
          without: elsewhere,
        });
        const before = await play.world.chain.snapshot();
        await liar.fix(inputs);
        tell.all(second);
        await liar.refused(second, 'outcome/not-final');
        await play.world.chain.revert(before);
        await liar.fix(fewer);
        tell.fewer(third);
        await liar.refused(third, 'outcome/not-final');
        for (const victim of [second, third]) {
          expect(victim.calls().filter((call) => call === 'unmaskings')).to.deep.equal([]);
        }
        expect(liar.knowledge().open(0, all(liar.roster))).to.equal(null);
      }));

    it('would open the update of seat 0 among clients that act on the newest block', () =>
      stage.play(sparsely(7), async (play) => {
        const { liar, second, third, inputs, fewer, tell } = await confirmedTwice(play, { without: local });
        const before = await play.world.chain.snapshot();
        await liar.fix(inputs);
        tell.all(second);
        await liar.unmaskings(1);
        await play.world.chain.revert(before);
        await liar.fix(fewer);
        tell.fewer(third);
        await liar.unmaskings(2);
        expect(liar.knowledge().open(0, all(liar.roster))).to.deep.equal(play.secretOf(0));
      }));
  });
});
