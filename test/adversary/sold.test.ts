/** Datasets that are sold, and operator keys that are changed, while a round runs. protocol.md §4.2, §4.5 */
import { expect } from 'chai';
import { memberSet } from '#crypto/members.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { untilPhase } from '#test/coordinator/launch.ts';
import { at, type Actor } from '#test/contracts/world.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { deal } from './deal.ts';
import { all, apart, type Play } from './play.ts';
import type { Puppet } from './puppet.ts';
import { Stage } from './stage.ts';
import { rosterShown, untilSent } from './sums.ts';
import { skipping, type Check } from './weakened.ts';

describe('a dataset that changes hands in mid-round', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  const ownerIn = (seat: number): Actor => {
    const { owners, deployer, stranger } = stage.world;
    return at([...owners, deployer, stranger], seat);
  };
  const datasetOf = (play: Play, seat: number) => BigInt(at(play.job.manifest.datasets, seat).dataset);

  /** The victim has enrolled; the owners of all other seats change their operator key to one that the liar has. */
  async function rotated(play: Play): Promise<Puppet[]> {
    await untilSent(play, play.id, 'enrolments', 1);
    const puppets = [1, 2, 3, 4].map((seat) => play.puppet(seat));
    for (const { seat, enrolment } of puppets) {
      const { registry } = ownerIn(seat).contracts;
      await registry.send.setOperator(datasetOf(play, seat), enrolment.message.operator);
      await play.api.enrol(play.id, enrolment);
    }
    return puppets;
  }

  const rosterIn = async (play: Play) => play.rosterOf(await untilPhase(play.api, play.id, 'sharing'));

  it('a key that was changed after the sale is refused', () =>
    stage.play(apart(5), async (play) => {
      const victim = await play.victim(0);
      await rotated(play);
      await play.refused(victim, 'enrolment/wrong-operator');
      expect(victim.calls()).to.deep.equal(['enrolments']);
    }));

  it('a changed key, and would open the update of a client that does not ask whose seat it is', () =>
    stage.play(apart(5), async (play) => {
      // The signature is held against the seat's key as well: the second check.
      const without = [skipping('enrolment/wrong-operator'), skipping('message/bad-signature')];
      await play.victim(0, { without });
      const puppets = await rotated(play);
      const roster = await rosterIn(play);
      await deal(play, puppets, roster);
      await untilSent(play, play.id, 'inputs', 1);
      expect(play.knowledge(roster).open(0, all(roster))).to.deep.equal(play.secretOf(0));
    }));

  /** Two members whose keys the liar has, of two owners; one sells to the other when the victim's input is there. */
  async function sold(play: Play): Promise<Puppet[]> {
    const puppets = [1, 2].map((seat) => play.puppet(seat, { key: operatorKey(seat) }));
    for (const { enrolment } of puppets) await play.api.enrol(play.id, enrolment);
    const roster = await rosterIn(play);
    await deal(play, puppets, roster);
    await untilSent(play, play.id, 'inputs', 1);
    const [buyer, seller] = [ownerIn(1), ownerIn(2)];
    const { registry } = seller.contracts;
    await registry.send.transferFrom(seller.address, buyer.address, datasetOf(play, 2));
    for (const puppet of puppets) {
      const { envelope, vector } = puppet.input(roster, all(roster));
      await play.api.upload(play.id, envelope, vector);
    }
    return puppets;
  }

  it('survivors who belong to fewer owners than they did are refused', () =>
    stage.play(apart(3), async (play) => {
      const victim = await play.victim(0);
      await sold(play);
      // Two owners make no cohort for the coordinator either: after this attempt there is nothing more to look at.
      await play.until('refusal', () => victim.codes.includes('policy/cohort-too-small'));
      await untilSent(play, play.id, 'aborts', 1);
      // It says once more that it aborts where it sees the attempt ended.
      const calls = [...new Set(victim.calls())];
      expect(calls).to.deep.equal(['enrolments', 'shares', 'receipts', 'inputs', 'aborts']);
      const roster = rosterShown(victim, play.job, play.id);
      expect(play.knowledge(roster).open(0, all(roster))).to.equal(null);
      expect(play.knowledge(roster).sum(memberSet([0]), all(roster))).to.equal(null);
    }));

  it('survivors of fewer owners, and would open the update of a client that asks at the roster alone', () =>
    stage.play(apart(3), async (play) => {
      const askedAgain: Check = {
        file: 'client/steps/confirm.ts',
        passage: 'return attempt.cohortFlaw(cohortOf(survived, await attempt.readSeats()));',
        put: 'return null;',
      };
      await play.victim(0, { without: [askedAgain] });
      const puppets = await sold(play);
      const view = (await untilPhase(play.api, play.id, 'confirming')) as ViewOf<'confirming'>;
      const roster = play.rosterOf(view);
      for (const puppet of puppets) {
        await play.api.confirm(play.id, puppet.confirm(roster, all(roster), view.inputs));
      }
      await untilSent(play, play.id, 'unmaskings', 1);
      expect(play.knowledge(roster).open(0, all(roster))).to.deep.equal(play.secretOf(0));
    }));
});
