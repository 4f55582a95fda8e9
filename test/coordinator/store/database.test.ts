import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { TributaryError } from '#crypto/error.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openEmbedded, type EmbeddedOptions } from '#coordinator/store/embedded-database.ts';
import { openRecords } from '#coordinator/store/records.ts';
import { logSync } from '#coordinator/store/write-ahead-log.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort } from '#test/support/cohort.ts';
import { rulesOf } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { newFolder, preparedDatabase, removeFolder } from './folder.ts';
import { save } from './save.ts';

const members = cohort({ n: 3 });
const { id } = members;
const announced = { revision: 1, state: announce(rulesOf(members)) };
const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;

describe('the embedded database', () => {
  let folder: string;
  let database: Database;
  const order: string[] = [];
  let failing: Error | null = null;
  const sync = async (): Promise<void> => {
    order.push('sync');
    if (failing) throw failing;
  };
  const open = async (changes: Partial<EmbeddedOptions> = {}): Promise<Database> =>
    openEmbedded({ folder, prepared: preparedDatabase(), sync, ...changes });

  before(async function () {
    // The first run of all makes the prepared database.
    this.timeout(60_000);
    folder = await newFolder();
    database = await open();
  });
  beforeEach(() => {
    order.length = 0;
    failing = null;
  });
  after(async () => {
    await database.close();
    await removeFolder(folder);
  });

  it('keeps a prepared data directory for the next', async () => {
    expect(existsSync(preparedDatabase())).to.equal(true);
  });

  it('refuses a second opener and says who holds it', async () => {
    const refused = await open().catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(TributaryError).with.property('code', 'database/locked');
    expect(String(refused)).to.contain(`process ${process.pid}`);
  });

  it('syncs its log after a commit and before the commit is acknowledged', async () => {
    const records = openRecords(database);
    await save(records, { job, attempts: [announced], message: null }).then(() => order.push('acknowledged'));
    expect(order).to.deep.equal(['sync', 'acknowledged']);
    await records.flush();
    expect(order).to.deep.equal(['sync', 'acknowledged', 'sync']);
  });

  it('does not acknowledge what could not be synced', async () => {
    const records = openRecords(database);
    failing = new Error('EIO: i/o error');
    expect(await codeOf(save(records, { job, attempts: [announced], message: null }))).to.equal(
      'Error: EIO: i/o error',
    );
    failing = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    expect(await codeOf(save(records, { job, attempts: [announced], message: null }))).to.equal(
      'storage/full',
    );
  });

  it('syncs the very files that a commit changed, and data files after a checkpoint', async function () {
    this.timeout(60_000);
    await database.close();
    const synced: string[] = [];
    const data = join(folder, 'database');
    database = await open({ sync: logSync(async (path) => void synced.push(path.slice(data.length + 1))) });
    synced.length = 0;
    await save(openRecords(database), { job, attempts: [announced], message: null });
    expect(synced.some((path) => /^pg_wal\/[0-9A-F]{24}$/.test(path))).to.equal(true);
    expect(synced.some((path) => path.startsWith('base/'))).to.equal(false);
    await database.query('checkpoint', []);
    await save(openRecords(database), { job, attempts: [announced], message: null });
    expect(synced.some((path) => path.startsWith('base/'))).to.equal(true);
    expect(synced).to.include('pg_wal').and.include('global/pg_control');
  });

  it('makes its directory anew where a process died making it', async function () {
    this.timeout(60_000);
    const half = await newFolder();
    await mkdir(join(half, 'database'));
    await writeFile(join(half, 'database', 'PG_VERSION'), '17');
    const made = await openEmbedded({ folder: half, prepared: preparedDatabase() });
    expect(await openRecords(made).jobs()).to.deep.equal([]);
    await made.close();
    await removeFolder(half);
  });
});

describe('a coordinator killed with SIGKILL', () => {
  it('has everything that it acknowledged, and its lock is taken over', async function () {
    this.timeout(60_000);
    const folder = await newFolder();
    const script = fileURLToPath(new URL('writer.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let acknowledged = 0;
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 25) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).to.equal('SIGKILL');
    expect(acknowledged).to.be.at.least(25);

    const database = await openEmbedded({ folder });
    const records = openRecords(database);
    expect((await records.attempt(id))?.revision).to.be.at.least(acknowledged);
    const bodies = (await records.unmaskings(id)) as { revision: number }[];
    expect(bodies.slice(0, acknowledged).map(({ revision }) => revision)).to.deep.equal(
      Array.from({ length: acknowledged }, (_, i) => i + 1),
    );
    await database.close();
    await removeFolder(folder);
  });
});
