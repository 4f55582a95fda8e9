/** A coordinator that lies about who takes part, to real clients; and what it opens where one check is off. protocol.md §4.2 */
import { expect } from 'chai';
import { untilPhase } from '#test/coordinator/launch.ts';
import { at } from '#test/contracts/world.ts';
import { operatorAddress, operatorKey } from '#test/support/cohort.ts';
import { deal } from './deal.ts';
import { all, apart, type Plan, type Play } from './play.ts';
import type { Puppet } from './puppet.ts';
import { Stage } from './stage.ts';
import { accepting, skipping, type Check } from './weakened.ts';

type Lie = Readonly<{
  told: string;
  plan: Plan;
  /** Seats of real clients; the liar opens the first one's update. */
  clients: readonly number[];
  puppets: (play: Play) => Puppet[];
  code: string;
  /** The one check, or those that stop it each by itself. */
  checks: readonly Check[];
}>;

const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);
const ownKey = (seat: number) => ({ key: operatorKey(seat) });

const lies: readonly Lie[] = [
  {
    told: 'keys that it put in the place of others’',
    plan: apart(5),
    clients: [0],
    puppets: (play) => from(1, 4).map((seat) => play.puppet(seat, { operator: operatorAddress(seat) })),
    code: 'message/bad-signature',
    checks: [skipping('message/bad-signature')],
  },
  {
    told: 'members that have no seat',
    plan: apart(3),
    clients: [0, 1, 2],
    puppets: (play) => from(3, 7).map((seat) => play.puppet(seat)),
    code: 'enrolment/unknown-seat',
    // Nobody owns a seat that is none: they would be seven of one owner, too.
    checks: [accepting('enrolment/unknown-seat'), skipping('roster/duplicate-owner')],
  },
  {
    told: 'one operator in four seats',
    plan: { ...apart(5), operatorOf: (seat) => Math.min(seat, 1) },
    clients: [0],
    puppets: (play) => from(1, 4).map((seat) => play.puppet(seat, ownKey(1))),
    code: 'roster/duplicate-operator',
    checks: [skipping('roster/duplicate-operator')],
  },
  {
    told: 'seven datasets of one owner',
    plan: { ...apart(10), ownerOf: (seat, actors) => at(actors, Math.min(seat, 3)) },
    clients: [0, 1, 2],
    puppets: (play) => from(3, 7).map((seat) => play.puppet(seat, ownKey(seat))),
    code: 'roster/duplicate-owner',
    checks: [skipping('roster/duplicate-owner')],
  },
];

describe('a coordinator that lies about who takes part', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  /** Puppets first: the roster is frozen when no other seat may join. */
  async function enrol(play: Play, lie: Lie, without: readonly Check[]) {
    const puppets = lie.puppets(play);
    for (const { enrolment } of puppets) await play.api.enrol(play.id, enrolment);
    const victims = [];
    for (const seat of lie.clients) victims.push(await play.victim(seat, { without }));
    return { puppets, victims };
  }

  for (const lie of lies) {
    it(`is refused: ${lie.told}`, () =>
      stage.play(lie.plan, async (play) => {
        const { victims } = await enrol(play, lie, []);
        for (const victim of victims) await play.refused(victim, lie.code);
        for (const victim of victims) expect(victim.calls()).to.deep.equal(['enrolments']);
      }));

    it(`would open an update if nobody asked: ${lie.told}`, () =>
      stage.play(lie.plan, async (play) => {
        const { puppets } = await enrol(play, lie, lie.checks);
        const view = await untilPhase(play.api, play.id, 'sharing');
        const roster = play.rosterOf(view);
        await deal(play, puppets, roster);
        await play.receives('inputs', ...lie.clients);
        expect(play.knowledge(roster).open(0, all(roster))).to.deep.equal(play.secretOf(0));
      }));
  }
});
