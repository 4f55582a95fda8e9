import { expect } from 'chai';
import { cp, readdir } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { folderBlobs } from '#coordinator/blobs/folder.ts';
import { claim, claimBlobs } from '#coordinator/store/claim.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { serverClock } from '#coordinator/store/server-clock.ts';
import { openServer, type ServerDatabase } from '#coordinator/store/server-database.ts';
import { announce } from '#coordinator/round/announced.ts';
import { toAddress } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { postgresOrSkip, type Postgres } from '#test/support/postgres.ts';
import { codeOf } from '../code-of.ts';
import { rulesOf } from '../fixtures.ts';
import { eventually } from '../launch.ts';
import { newFolder, removeFolder } from './folder.ts';
import { save } from './save.ts';

const members = cohort({ n: 3 });
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
const change = { job, attempts: [{ revision: 1, state: announce(rulesOf(members)) }], message: null };

const owner = {
  chainId: 31_337,
  escrow: toAddress(`0x${'e5'.repeat(20)}`),
  coordinator: toAddress(`0x${'c0'.repeat(20)}`),
};

describe('a PostgreSQL server', function () {
  this.timeout(60_000);
  let server: Postgres;
  let url: string;
  const opened: ServerDatabase[] = [];
  const open = async (of = url): Promise<ServerDatabase> => {
    const database = await openServer(of);
    opened.push(database);
    return database;
  };

  before(async function () {
    server = await postgresOrSkip(this);
    url = await server.create();
  });
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
  after(() => (server as Postgres | undefined)?.stop());

  it('is migrated once by coordinators that start at once', async () => {
    const databases = await Promise.all(Array.from({ length: 4 }, () => open()));
    const steps = await databases[0]?.query('select step from migrations order by step');
    expect(steps).to.deep.equal(Array.from({ length: steps?.length ?? 0 }, (_, i) => ({ step: i + 1 })));
    expect(steps).to.have.length.above(6);
  });

  it('refuses a wrong password, user or database, and says none of them', async () => {
    const wrong = new URL(url);
    wrong.password = 'wr0ng-p4ss';
    const refused = await openServer(wrong.href).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'database/refused');
    const said = JSON.stringify([String(refused), (refused as Error).stack, (refused as Error).cause]);
    expect(said).not.to.contain('wr0ng-p4ss');
    wrong.pathname = '/nowhere';
    wrong.password = new URL(url).password;
    expect(await codeOf(openServer(wrong.href))).to.equal('database/refused');
    wrong.port = '9';
    expect(await codeOf(openServer(wrong.href))).to.equal('database/unreachable');
    for (const [query, code] of [
      ['sslmode=verify-full', 'database/refused'],
      ['sslrootcert=/none/ca.pem', 'database/bad-url'],
    ])
      expect(await codeOf(openServer(`${url}?${query}`)), query).to.equal(code);
    for (const bad of ['mysql://u:s3cret@h/d', 'u:s3cret@h', 'postgres://u:s3cret@h:port/d', '']) {
      const error = await openServer(bad).catch((thrown: unknown) => thrown);
      expect(error, bad).to.have.property('code', 'database/bad-url');
      expect(`${String(error)} ${String((error as Error).cause)}`).not.to.contain('s3cret');
    }
  });

  it('is refused where it would lose what was acknowledged, or spell it otherwise', async () => {
    const latin = await server.create("template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
    const refused = await openServer(latin).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'database/unsuitable');
    expect(String(refused)).to.contain('LATIN1');
    const hasty = `${url}?options=${encodeURIComponent('-c synchronous_commit=off')}`;
    const lossy = await openServer(hasty).catch((error: unknown) => error);
    expect(lossy).to.have.property('code', 'database/unsuitable');
    expect(String(lossy)).to.contain('synchronous_commit');
  });

  it('is of one account and escrow', async () => {
    const database = await open(await server.create());
    await claim(database, owner);
    await claim(database, owner);
    const others = [
      { ...owner, chainId: 1 },
      { ...owner, escrow: owner.coordinator },
      { ...owner, coordinator: owner.escrow },
    ];
    for (const other of others)
      expect(await codeOf(claim(database, other))).to.equal('database/other-coordinator');
    await claim(database, owner);
  });

  it('is used with one folder of inputs and evidence, wherever that is mounted', async () => {
    const database = await open(await server.create());
    const [shared, other, elsewhere] = [await newFolder(), await newFolder(), await newFolder()];
    await claim(database, owner);
    await Promise.all([claimBlobs(database, folderBlobs(shared)), claimBlobs(database, folderBlobs(shared))]);
    await claimBlobs(database, folderBlobs(shared));
    expect(await codeOf(claimBlobs(database, folderBlobs(other)))).to.equal('database/other-blobs');
    await cp(shared, elsewhere, { recursive: true });
    await claimBlobs(database, folderBlobs(elsewhere));
    expect(await readdir(shared)).to.deep.equal(['name']);
    for (const folder of [shared, other, elsewhere]) await removeFolder(folder);
  });

  it('undoes a transaction whose work throws, and the next finds the connection whole', async () => {
    const database = await open();
    const failing = database.commit(async ({ query }) => {
      await query('insert into migrations (step) values (99)');
      throw new RangeError('no');
    });
    expect(await codeOf(failing)).to.equal('RangeError: no');
    expect(await database.query('select step from migrations where step = 99')).to.deep.equal([]);
    expect(await codeOf(database.query('select nonsense'))).to.contain('nonsense');
  });

  it('lets one change a job at a time, and shows each what the other made of it', async () => {
    const [mine, theirs] = [openRecords(await open()), openRecords(await open())];
    await mine.begin(change);
    const order: string[] = [];
    const watching = await open();
    const waiting = async () => {
      const [row] = await watching.query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return row?.waiting ?? 0;
    };
    const turns = [mine, theirs].map((records, index) =>
      records.turn(7, async (turn) => {
        order.push(`${index} begins`);
        const newer = await turn.newer(1);
        // The first ends when the other has begun too, or is seen to wait.
        if (order.length === 1)
          await eventually(async () => order.length > 1 || (await waiting()) > 0, Boolean);
        await turn.save(change);
        order.push(`${index} ends`);
        return newer?.version ?? 1;
      }),
    );
    expect(await Promise.all(turns)).to.have.members([1, 2]);
    expect(order.map((text) => text.slice(2))).to.deep.equal(['begins', 'ends', 'begins', 'ends']);
    expect((await mine.refresh(7, 1))?.version).to.equal(3);
    expect(await mine.refresh(7, 3)).to.equal(null);
  });

  it('that goes down as by a power cut loses nothing acknowledged, and is used again when it is back', async function () {
    const { crash } = server;
    if (!crash) {
      console.log('skipped: the server that TRIBUTARY_TEST_DATABASE_URL names is not ours to stop');
      return this.skip();
    }
    const database = await open(await server.create());
    const records = openRecords(database);
    await records.begin(change);
    let acknowledged = 1;
    let refusals = 0;
    const over = new AbortController();
    const writing = (async () => {
      while (!over.signal.aborted) {
        try {
          acknowledged = await save(records, change);
        } catch (error) {
          expect(error).to.have.property('code', 'database/unreachable');
          refusals += 1;
          // As a client does: else the server would have no processor to come back on.
          await delay(20);
        }
      }
    })();
    await crash();
    const before = acknowledged;
    await eventually(
      () => Promise.resolve(acknowledged),
      (now) => now > before + 3,
    );
    over.abort();
    await writing;
    console.log(`      ${acknowledged} changes acknowledged, ${refusals} refused meanwhile`);
    expect(refusals).to.be.above(0);
    // What failed may have been done all the same; what was acknowledged was.
    expect((await records.versions()).get(7)).to.be.within(acknowledged, acknowledged + refusals);
  });

  it('gives its own time, whatever this machine says', async () => {
    const database = await open();
    const stop = new AbortController();
    const shifted: ServerDatabase['query'] = <Row>(sql: string) =>
      database.query<Row>(sql.replace('clock_timestamp()', "clock_timestamp() + interval '10 minutes'"));
    const [clock, ahead] = [
      await serverClock(database.query, stop.signal),
      await serverClock(shifted, stop.signal),
    ];
    stop.abort();
    expect(ahead.now() - clock.now()).to.be.within(599, 601);
    expect(clock.now() - Date.now() / 1000).to.be.within(-2, 2);
  });
});
