/** A roster that lies. protocol.md §4.2 */
import { expect } from 'chai';
import { untilPhase } from '#test/coordinator/launch.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { all, apart, until, type Play } from './play.ts';
import type { Puppet } from './puppet.ts';
import { Stage } from './stage.ts';
import { skipping } from './weakened.ts';

describe('a coordinator that lies about the roster', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  async function enrolWith(play: Play, puppets: readonly Puppet[]): Promise<void> {
    for (const { enrolment } of puppets) await play.api.enrol(play.id, enrolment);
  }

  /** The puppets go along to the end of masking. @returns what the liar opens of seat 0 */
  async function goOn(play: Play, puppets: readonly Puppet[]) {
    const view = await untilPhase(play.api, play.id, 'sharing');
    const roster = play.rosterOf(view as never);
    for (const puppet of puppets) await play.api.share(play.id, puppet.shares(roster));
    await until('input', () => play.sent().some(({ call }) => call === 'inputs'));
    return play.knowledge(roster).open(0, all(roster));
  }

  const swapped = (play: Play) =>
    [1, 2, 3, 4].map((seat) => play.puppet(seat, { operator: operatorAddress(seat) }));

  it('swapped keys are refused', () =>
    stage.play(apart(5), async (play) => {
      const victim = await play.victim(0);
      await enrolWith(play, swapped(play));
      await play.refused(victim, 'message/bad-signature');
      expect(victim.calls()).to.deep.equal(['enrolments']);
    }));

  it('swapped keys, and would open the update of a client that asks for no signature', () =>
    stage.play(apart(5), async (play) => {
      await play.victim(0, { without: [skipping('message/bad-signature')] });
      const puppets = swapped(play);
      await enrolWith(play, puppets);
      expect(await goOn(play, puppets)).to.deep.equal(play.secretOf(0));
    }));
});
