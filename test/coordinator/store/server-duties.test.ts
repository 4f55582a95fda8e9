import { expect } from 'chai';
import { openServer, type ServerDatabase } from '#coordinator/store/server-database.ts';
import { ServerDuties, type DutyParts, type Hears } from '#coordinator/store/server-duties.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import { memoryLog } from '../fakes.ts';
import { eventually } from '../launch.ts';

describe('the duties of coordinators that share a server', function () {
  this.timeout(60_000);
  let server: Postgres | undefined;
  let database: ServerDatabase;
  const started: ServerDuties[] = [];

  before(async function () {
    server = await postgresOrSkip(this);
    database = await openServer(await server.create());
  });
  afterEach(async () => {
    for (const duties of started.splice(0)) await duties.stop();
  });
  after(async () => {
    await (database as ServerDatabase | undefined)?.close();
    await server?.stop();
  });

  /** One coordinator's; it tells what it took, and with what signal. */
  function coordinator(changes: Partial<DutyParts> = {}) {
    const taken: { job: number; inherited: boolean; signal: AbortSignal }[] = [];
    const heard: (number | 'missed')[] = [];
    const log = memoryLog();
    const hears: Hears = {
      changed: (job) => void heard.push(job),
      missed: () => void heard.push('missed'),
    };
    const duties = new ServerDuties({
      ...{ connect: database.connect, log, tryMillis: 20, silenceMillis: 10_000 },
      ...changes,
    });
    started.push(duties);
    const want = (job: number) =>
      duties.want(job, async (signal, inherited) => void taken.push({ job, inherited, signal }));
    return { duties, taken, heard, log, want, start: () => duties.start(hears) };
  }

  const until = (holds: () => boolean) => eventually(() => Promise.resolve(holds()), Boolean);
  /** As a server does to connections of a machine that is gone. */
  const cut = () =>
    database.query(
      `select pg_terminate_backend(pid) from pg_locks
       where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
    );

  it('are one coordinator’s at a time, and the other’s as soon as that one stops', async () => {
    const [first, second] = [coordinator(), coordinator()];
    await first.start();
    await second.start();
    await first.want(7);
    await second.want(7);
    await second.want(8);
    await first.want(8);
    expect([first, second].map(({ duties }) => [duties.has(7), duties.has(8)])).to.deep.equal([
      [true, false],
      [false, true],
    ]);
    expect(first.taken.map(({ job, inherited }) => ({ job, inherited }))).to.deep.equal([
      { job: 7, inherited: false },
    ]);
    await first.duties.stop();
    expect(first.taken[0]?.signal.aborted).to.equal(true);
    await until(() => second.duties.has(7));
    expect(second.taken.map(({ job, inherited }) => ({ job, inherited }))).to.deep.equal([
      { job: 8, inherited: false },
      { job: 7, inherited: true },
    ]);
    expect(second.taken.map(({ signal }) => signal.aborted)).to.deep.equal([false, false]);
  });

  it('end at once with their connection, and are taken again by one of the two', async () => {
    const [first, second] = [coordinator(), coordinator()];
    for (const { start } of [first, second]) await start();
    await first.want(9);
    await second.want(9);
    await cut();
    await until(() => first.taken[0]?.signal.aborted === true);
    await until(() => first.duties.has(9) || second.duties.has(9));
    expect(first.duties.has(9) && second.duties.has(9)).to.equal(false);
    const last = (first.duties.has(9) ? first : second).taken.at(-1);
    expect(last?.signal.aborted).to.equal(false);
    expect(last?.inherited).to.equal(true);
  });

  it('are taken from one that says nothing, as a machine that is gone, and it learns of it', async () => {
    const silent = coordinator({ tryMillis: 60_000, silenceMillis: 200 });
    const other = coordinator();
    for (const { start } of [silent, other]) await start();
    await silent.want(12);
    await other.want(12);
    expect(silent.duties.has(12)).to.equal(true);
    await until(() => other.duties.has(12));
    await until(() => silent.taken[0]?.signal.aborted === true);
    expect(silent.duties.has(12)).to.equal(false);
  });

  it('come with word of what the others change, and with a look at all after a silence', async () => {
    const { start, heard } = coordinator();
    await start();
    expect(heard).to.deep.equal(['missed']);
    await database.query("select pg_notify('tributary_jobs', '12')");
    await until(() => heard.includes(12));
    await until(() => heard.filter((one) => one === 'missed').length >= 3);
  });

  it('are offered again where they could not be begun', async () => {
    const { duties, start, log } = coordinator();
    await start();
    let tries = 0;
    await duties.want(10, async () => {
      tries += 1;
      if (tries < 3) throw new Error('the pool is away');
    });
    await until(() => tries === 3);
    expect(log.lines.map(({ message }) => message)).to.include('a job could not be taken up; trying again');
    expect(duties.has(10)).to.equal(true);
  });

  it('are waited for where the server is away at first', async () => {
    let away = true;
    const duties = new ServerDuties({
      connect: () => (away ? Promise.reject(new Error('ECONNREFUSED')) : database.connect()),
      log: memoryLog(),
      tryMillis: 20,
      silenceMillis: 10_000,
    });
    started.push(duties);
    await duties.start({ changed: () => undefined, missed: () => undefined });
    await duties.want(11, () => Promise.resolve());
    expect(duties.has(11)).to.equal(false);
    away = false;
    await until(() => duties.has(11));
  });
});
