/** The jobs of two coordinators that share a server: each takes what comes, one performs. */
import { expect } from 'chai';
import { JobList } from '#coordinator/jobs/job-list.ts';
import { systemClock } from '#coordinator/driver/clock.ts';
import type { Hold } from '#coordinator/driver/hold.ts';
import type { Performers } from '#coordinator/driver/perform.ts';
import type { AttemptEvent, InnerEvent } from '#coordinator/round/attempt.ts';
import type { AttemptRules } from '#coordinator/round/base.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { openServer, type ServerDatabase } from '#coordinator/store/server-database.ts';
import { ServerDuties } from '#coordinator/store/server-duties.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import { codeOf } from '../code-of.ts';
import { memoryLog, performers } from '../fakes.ts';
import {
  confirmations,
  enrolments,
  inputs,
  receipts,
  resultOf,
  rulesOf,
  sharings,
  unmaskings,
} from '../fixtures.ts';
import { eventually } from '../launch.ts';

const now = toSeconds(Math.floor(Date.now() / 1000));
/** No test waits for a phase of this length. */
const LONG = 3_600;
const members = cohort({ n: 3, deadline: toSeconds(now + LONG) });
const { id } = members;
const never = new AbortController().signal;

function rules(sharingSeconds = LONG): AttemptRules {
  const { phases, ...rest } = rulesOf(members);
  const slow = Object.fromEntries(Object.keys(phases).map((phase) => [phase, LONG])) as typeof phases;
  return {
    ...rest,
    phases: { ...slow, sharing: sharingSeconds },
    announcedAt: now,
    cutoff: toSeconds(now + 100 * LONG),
  };
}

describe('jobs that two coordinators share', function () {
  this.timeout(60_000);
  let server: Postgres | undefined;
  let url: string;
  const open: { jobs: JobList; duties: ServerDuties; database: ServerDatabase }[] = [];

  before(async function () {
    server = await postgresOrSkip(this);
  });
  beforeEach(async () => void (url = (await server?.create()) ?? ''));
  afterEach(async () => {
    for (const { jobs, duties, database } of open.splice(0)) {
      await jobs.stop();
      await duties.stop();
      await database.close();
    }
  });
  after(() => server?.stop());

  async function coordinator(given: Partial<Performers> = {}, hold: Hold | null = null, terms = rules()) {
    const database = await openServer(url);
    const duties = new ServerDuties({
      connect: database.connect,
      log: memoryLog(),
      tryMillis: 20,
      silenceMillis: 10_000,
    });
    const held: string[] = [];
    const records = openRecords(database);
    const jobs = new JobList({
      records,
      duties,
      hold,
      onHeld: (line) => void held.push(line),
      performers: performers({
        announce: ({ attempt }) => (attempt === 1 ? Promise.resolve(terms) : new Promise(() => undefined)),
        ...given,
      }),
      clock: systemClock,
      log: memoryLog(),
    });
    open.push({ jobs, duties, database });
    await jobs.resume(await records.jobs());
    await duties.start({ changed: (job) => void jobs.notice(job), missed: () => void jobs.reread() });
    return { jobs, duties, held, database, records };
  }

  const until = (holds: () => boolean) => eventually(() => Promise.resolve(holds()), Boolean);
  /** Sends events to both in turn. */
  async function inTurn(lists: readonly JobList[], events: readonly AttemptEvent[]): Promise<void> {
    for (const [index, event] of events.entries())
      await lists[index % lists.length]?.driver(id.job).submit(id, event);
  }

  it('are begun by one, and found by the other', async () => {
    const [left, right] = [await coordinator(), await coordinator()];
    await Promise.all([left.jobs.takeOn(7, 2), right.jobs.takeOn(7, 2)]);
    const views = [left, right].map(({ jobs }) => jobs.list());
    expect(views[0]).to.deep.equal([{ job: 7, state: 'active', round: 1, attempt: 1, rounds: 2 }]);
    expect(views[1]).to.deep.equal(views[0]);
    await until(() => left.duties.has(7) || right.duties.has(7));
    expect(left.duties.has(7) && right.duties.has(7)).to.equal(false);
  });

  it('take any message anywhere, and perform once', async () => {
    const asked: string[] = [];
    const aggregating = (name: string): Partial<Performers> => ({
      aggregate: async (): Promise<InnerEvent> => {
        asked.push(`${name} aggregates`);
        return { type: 'aggregated', result: resultOf(members) };
      },
    });
    const left = await coordinator(aggregating('left'));
    const right = await coordinator(aggregating('right'));
    await left.jobs.takeOn(7, 2);
    await until(() => right.jobs.has(7));
    const both = [left.jobs, right.jobs];
    await inTurn(both, [
      ...enrolments(members),
      ...sharings(members),
      ...receipts(members),
      ...inputs(members),
    ]);
    // What one took in is no news to the other, and what is due by the doing of one is so for the other.
    expect(await codeOf(left.jobs.driver(7).submit(id, sharings(members)[1]!))).to.equal('resolved');
    expect(await left.jobs.driver(7).preview(id, inputs(members)[1]!)).to.equal(false);
    expect(await codeOf(right.jobs.driver(7).submit(id, unmaskings(members)[0]!))).to.equal(
      'attempt/wrong-phase',
    );
    await inTurn(both, [...confirmations(members), ...unmaskings(members)]);
    const views = await Promise.all(
      both.map((jobs) =>
        eventually(
          () => jobs.driver(7).attemptView(id, null, 0, never),
          ({ phase }) => phase === 'settling',
        ),
      ),
    );
    expect(views[0]).to.deep.equal(views[1]);
    expect(asked).to.deep.equal([left.duties.has(7) ? 'left aggregates' : 'right aggregates']);
  });

  it('wake at one who waits for what came to the other', async () => {
    const [left, right] = [await coordinator(), await coordinator()];
    await left.jobs.takeOn(7, 2);
    await until(() => right.jobs.has(7));
    const { revision } = await right.jobs.driver(7).attemptView(id, null, 0, never);
    const waiting = right.jobs.driver(7).attemptView(id, revision, 3_000, never);
    await left.jobs.driver(7).submit(id, enrolments(members)[1]!);
    expect(await waiting).to.deep.include({ phase: 'enrolling' });
  });

  it('keep a deadline though the one that had them is gone', async () => {
    const soon = rules(2);
    const [left, right] = [await coordinator({}, null, soon), await coordinator({}, null, soon)];
    await left.jobs.takeOn(7, 2);
    await until(() => right.jobs.has(7));
    await until(() => left.duties.has(7) || right.duties.has(7));
    const [gone, other] = left.duties.has(7) ? [left, right] : [right, left];
    for (const event of enrolments(members)) await gone.jobs.driver(7).submit(id, event);
    await gone.duties.stop();
    // Its shares never come: the phase ends, and the attempt with it.
    const view = await eventually(
      () => other.jobs.driver(7).attemptView(id, null, 0, never),
      ({ phase }) => phase === 'aborted',
    );
    expect(view).to.include({ phase: 'aborted' });
  });

  it('are performed by the other when the connection of the one that had them is cut', async () => {
    const asked: string[] = [];
    const stalled = (name: string): Partial<Performers> => ({
      aggregate: () => {
        asked.push(name);
        return name === 'left'
          ? new Promise(() => undefined)
          : Promise.resolve({ type: 'aggregated', result: resultOf(members) });
      },
    });
    const left = await coordinator(stalled('left'));
    await left.jobs.takeOn(7, 2);
    const right = await coordinator(stalled('right'));
    const all = [enrolments, sharings, receipts, inputs, confirmations, unmaskings].flatMap((of) =>
      of(members),
    );
    await inTurn([left.jobs, right.jobs], all);
    await until(() => asked.includes('left'));
    await left.duties.stop();
    const view = await eventually(
      () => left.jobs.driver(7).attemptView(id, null, 0, never),
      ({ phase }) => phase === 'settling',
    );
    expect(view).to.include({ phase: 'settling' });
    expect(asked).to.deep.equal(['left', 'right']);
  });

  it('stand still where the hook says so, whoever moved them there', async () => {
    const left = await coordinator({}, { phase: 'sharing', round: 1 });
    await left.jobs.takeOn(7, 2);
    const right = await coordinator();
    for (const event of enrolments(members)) await right.jobs.driver(7).submit(id, event);
    await until(() => left.held.length > 0);
    expect(left.held).to.deep.equal(['held: sharing round 1']);
    await right.jobs.driver(7).submit(id, sharings(members)[0]!);
    expect((await right.jobs.driver(7).attempt(id)).phase).to.equal('sharing');
  });
});
