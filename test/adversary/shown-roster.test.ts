/** Rosters that the liar's own code could not hold: a seat more than once, and a second one later. protocol.md §4.2, §4.8 */
import { expect } from 'chai';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { copyHome } from '#test/client/support/home.ts';
import { at } from '#test/contracts/world.ts';
import { operatorKey } from '#test/support/cohort.ts';
import { Course } from './course.ts';
import { noLie, type Lie } from './front.ts';
import { all, apart, type Play, type Victim } from './play.ts';
import { Stage } from './stage.ts';
import { skipping, type Check } from './weakened.ts';

/** The views of a course from now on; what clients send goes no further. */
const follow = (course: Course): Lie => ({
  ...noLie,
  view: (view) => course.view(view),
  deliveries: (_list, seat) => course.deliveries(seat),
  keeps: () => true,
});

const enrolmentsOf = (play: Play): Signed<Enrolment>[] =>
  play
    .sent()
    .filter(({ call }) => call === 'enrolments')
    .map(({ body }) => body as Signed<Enrolment>)
    .sort((a, b) => a.message.seat - b.message.seat);

describe('a coordinator that shows other rosters than it holds', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await Stage.start();
  });
  after(() => stage.stop());

  async function clients(play: Play, seats: readonly number[], without: readonly Check[]): Promise<Victim[]> {
    const victims: Victim[] = [];
    for (const seat of seats) victims.push(await play.victim(seat, { without }));
    await play.receives('enrolments', ...seats);
    return victims;
  }

  /** The liar's one seat, seven times. */
  function repeat(play: Play): Course {
    const puppets = Array.from({ length: 7 }, () => play.puppet(3, { key: operatorKey(3) }));
    const course = new Course(
      play,
      [...enrolmentsOf(play), ...puppets.map(({ enrolment }) => enrolment)],
      puppets,
    );
    play.lie = follow(course);
    return course;
  }

  it('is refused: a seat seven times', () =>
    stage.play(apart(4), async (play) => {
      const victims = await clients(play, [0, 1, 2], []);
      repeat(play);
      for (const victim of victims) await play.refused(victim, 'roster/order');
      for (const victim of victims) expect(victim.calls()).to.deep.equal(['enrolments']);
    }));

  it('would open an update if nobody asked: a seat seven times', () =>
    stage.play(apart(4), async (play) => {
      // The same seat has the same operator and owner: each of the three stops it.
      const checks = ['roster/order', 'roster/duplicate-operator', 'roster/duplicate-owner'].map(skipping);
      await clients(play, [0, 1, 2], checks);
      const course = repeat(play);
      await play.receives('inputs', 0, 1, 2);
      const { roster } = course;
      expect(play.knowledge(roster).open(0, all(roster))).to.deep.equal(play.secretOf(0));
    }));

  it('is refused: a second roster, once the first was shared in', () =>
    stage.play(apart(4), async (play) => {
      const victims = await clients(play, [0, 1, 2, 3], []);
      await play.receives('shares', 0, 1, 2, 3);
      const fewer = enrolmentsOf(play).slice(0, 3);
      play.lie = {
        ...noLie,
        view: (view) =>
          view.phase === 'receiving' ? { ...view, roster: fewer, revision: view.revision + 1000 } : view,
      };
      for (const victim of victims) await play.refused(victim, 'roster/changed');
      for (const victim of victims) expect(victim.calls()).to.deep.equal(['enrolments', 'shares']);
    }));

  it('would open an update if clients forgot the first: they do when their homes are put back', () =>
    stage.play(apart(4), async (play) => {
      const seats = [0, 1, 2, 3];
      play.lie = { ...noLie, view: (view) => (view.phase === 'sharing' ? stalled(view) : view) };
      const victims = await clients(play, seats, []);
      const enrolments = enrolmentsOf(play);
      const backups = victims.map(({ home }) => copyHome(home));
      play.lie = noLie;
      await play.receives('unmaskings', ...seats);
      for (const victim of victims) await victim.stop();

      const fewer = new Course(play, enrolments.slice(0, 3), []);
      play.lie = follow(fewer);
      for (const seat of [0, 1, 2]) await play.victim(seat, { home: at(backups, seat) });
      const whole = play.rosterOf({ roster: enrolments });
      await play.until(
        'second sum',
        () => play.knowledge(fewer.roster).sum(all(fewer.roster), all(fewer.roster)) !== null,
      );
      const sums = [whole, fewer.roster].map((roster) =>
        play.knowledge(roster).sum(all(roster), all(roster)),
      );
      const [first, second] = sums;
      expect(first && second && play.knowledge(whole).minus(first, second)).to.deep.equal(play.secretOf(3));
    }));
});

/** The attempt as it was before its roster was frozen. */
function stalled({
  job,
  round,
  attempt,
  deadline,
  terms,
  model,
  earlier,
  revision,
}: AttemptView): AttemptView {
  return { phase: 'enrolling', job, round, attempt, deadline, terms, model, earlier, revision: revision - 1 };
}
