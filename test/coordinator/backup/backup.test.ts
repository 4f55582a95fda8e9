/** Backups: from either engine to either, whole or not at all, and nothing believed that is not what was taken. */
import { existsSync } from 'node:fs';
import { cp, readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { tableFile, type Manifest } from '#coordinator/backup/format.ts';
import { rowSchemas } from '#coordinator/backup/row-schemas.ts';
import { restoreBackup } from '#coordinator/backup/restore.ts';
import { allTables, tablesOf } from '#coordinator/backup/tables.ts';
import { takeBackup, type TakeOptions } from '#coordinator/backup/take.ts';
import { verifyBackup } from '#coordinator/backup/verify.ts';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import { folderBlobs } from '#coordinator/blobs/folder.ts';
import type { Database } from '#coordinator/store/database.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { knownSteps } from '#coordinator/store/migrations.ts';
import { openOutboxRows } from '#coordinator/store/outbox-rows.ts';
import { toSeconds } from '#protocol/units.ts';
import { codeOf } from '../code-of.ts';
import { onEachEngine, watched, type TestDatabase } from '../store/engines.ts';
import { newFolder, preparedDatabase, removeFolder } from '../store/folder.ts';
import { contentOf, expiredOne, keepAll, owner, settledOne, underWay } from './kept.ts';
import { spoiled } from './spoiled.ts';

/** Where a database is opened for each, they take their time: the rest of them in `npm run test:slow`. */
const slow = process.env['TRIBUTARY_SLOW_TESTS'] === '1';
const silent = { progress: () => undefined, signal: new AbortController().signal };
const once = { ...silent, replace: false };

onEachEngine('a backup', (engine) => {
  let [home, elsewhere]: [string, string] = ['', ''];
  let made: TestDatabase;
  let database: Database;
  let blobs: Blobs;
  let folder: string;
  let content: object;
  let manifest: Manifest;

  before(async function () {
    this.timeout(60_000);
    home = await newFolder();
    elsewhere = await newFolder();
    made = await engine.create();
    database = await made.open();
    blobs = folderBlobs(join(home, 'blobs'));
    await keepAll(database, blobs);
    content = await contentOf(database, blobs);
    folder = join(home, 'backup');
    await take();
    manifest = await verify();
  });
  after(async () => {
    await database.close();
    await made.remove();
    await removeFolder(home);
    await removeFolder(elsewhere);
  });

  const take = (changes: Partial<TakeOptions> = {}) =>
    takeBackup({
      ...{ database, blobs, folder, program: '0.1.0', now: toSeconds(1_800_000_000), incomplete: false },
      ...silent,
      ...changes,
    });
  const verify = (of = folder) => verifyBackup({ folder: of, prepared: preparedDatabase(), ...silent });
  /** A copy that a test may spoil. */
  async function copied(name: string): Promise<string> {
    const copy = join(home, name);
    await cp(folder, copy, { recursive: true });
    return copy;
  }

  it('is whole, says what was under way, and is for its owner alone', async () => {
    expect(manifest).to.deep.include({
      engine: database.engine,
      owner,
      missing: [],
      expired: [expiredOne.id],
    });
    expect(manifest.underWay).to.deep.equal([{ ...underWay, phase: 'unmasking' }]);
    expect(manifest.blobs.count).to.equal(3 + (await blobs.evidence.names(settledOne.id)).length);
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect((await readdir(home)).filter((name) => name.endsWith('.partial'))).to.deep.equal([]);
  });

  it('has no sign-in, nonce, refresh token or repeated answer in it', async () => {
    expect(
      (await readdir(join(folder, 'tables'))).filter((name) => /nonces|refreshes|repeated/.test(name)),
    ).to.deep.equal([]);
    const grants = await readFile(join(folder, 'tables', 'access_grants.jsonl'), 'utf8');
    expect(grants).to.contain('0b'.repeat(16)).and.not.to.contain('0a'.repeat(16));
  });

  it('knows a schema for the rows of every table', async () => {
    const known = await tablesOf(database.query);
    expect(known.map(({ name }) => name).filter((name) => !(name in rowSchemas))).to.deep.equal([]);
    expect(await allTables(database.query)).to.include.members(known.map(({ name }) => name));
  });

  it('that is stopped leaves nothing behind', async () => {
    const stopping = new AbortController();
    const stopped = join(home, 'stopped');
    const progress = () => stopping.abort();
    expect(await codeOf(take({ folder: stopped, progress, signal: stopping.signal }))).to.equal(
      'backup/stopped',
    );
    expect(existsSync(stopped) || existsSync(`${stopped}.partial`)).to.equal(false);
    expect(await codeOf(take())).to.equal('backup/exists');
    const verifying = verifyBackup({
      folder,
      prepared: preparedDatabase(),
      ...silent,
      signal: stopping.signal,
    });
    expect(await codeOf(verifying)).to.equal('backup/stopped');
  });

  it('is of what this version wrote: an older database is brought up to date first, a newer one is left alone', async () => {
    const other = join(home, 'other-version');
    const [older, newer] = [`delete from migrations where step = ${knownSteps}`, knownSteps + 1];
    const change = (sql: string) => database.commit(({ query }) => query(sql));
    await change(older);
    expect(await codeOf(take({ folder: other }))).to.equal('database/older');
    await change(`insert into migrations values (${knownSteps}), (${newer})`);
    expect(await codeOf(take({ folder: other }))).to.equal('database/newer');
    await change(`delete from migrations where step = ${newer}`);
  });

  if (engine.name === 'postgresql') {
    it('is not restored beside a coordinator that runs', async () => {
      const shared = await engine.create();
      const [into, other] = [await shared.open(), await shared.open()];
      await other.commit(async ({ query }) => {
        await query("set local application_name = 'tributary of another'");
        const target = folderBlobs(join(elsewhere, 'used'));
        const restoring = restoreBackup({ folder, manifest, database: into, blobs: target, ...once });
        expect(await codeOf(restoring)).to.equal('backup/in-use');
      });
      await Promise.all([into.close(), other.close()]);
    });
  }

  if (engine.name === 'embedded') spoiled(slow, () => ({ copied, verify }));

  /** Restored into an embedded database, and backed up from there. */
  async function overEmbedded(): Promise<Readonly<{ folder: string; manifest: Manifest }>> {
    const own = await newFolder();
    const between = await openEmbedded({ folder: own, prepared: preparedDatabase() });
    const target = folderBlobs(own);
    await restoreBackup({ folder, manifest, database: between, blobs: target, ...once });
    expect(await contentOf(between, target)).to.deep.equal(content);
    const again = join(home, 'again');
    const second = await take({ database: between, blobs: target, folder: again });
    // Whose events a follower has seen is another stream now; the rest is what it was.
    const streams = await between.query<{ stream: string }>('select event_stream as stream from jobs');
    const before = await readFile(join(folder, tableFile('jobs')), 'utf8');
    for (const { stream } of streams) expect(before).not.to.contain(stream);
    const besideJobs = ({ tables }: Manifest) => tables.filter(({ table }) => table !== 'jobs');
    expect(besideJobs(second)).to.deep.equal(besideJobs(manifest));
    await between.close();
    await removeFolder(own);
    return { folder: again, manifest: second };
  }

  // Over the server it is restored into an embedded one too.
  if (!slow && engine.name === 'embedded') return;

  it('restores all that was there, over the other engine too, and numbers go on', async function () {
    this.timeout(60_000);
    const into = await (await engine.create()).open();
    const target = folderBlobs(join(elsewhere, 'own'));
    const from = engine.name === 'postgresql' ? await overEmbedded() : { folder, manifest };
    // It was gone there once: what comes back with the backup is not.
    await target.evidence.markExpired(settledOne.id);
    await restoreBackup({ ...from, database: into, blobs: target, ...once });
    expect(await contentOf(into, target)).to.deep.equal(content);
    const rows = openOutboxRows(into, owner.chainId, owner.coordinator);
    const [planned] = await rows.open(0);
    const draft = { purpose: 'other', call: { data: '0x' as const }, gas: 1n };
    const next = await rows.plan(draft, 5, () => Promise.resolve(planned!.versions[0]!));
    expect(next.id).to.be.above(planned!.id);
    expect(next.nonce).to.equal(6);
    await into.close();
  });

  if (!slow) return;

  it('is refused by a target that has something, unless it is told to lose that', async function () {
    this.timeout(60_000);
    const into = await (await engine.create()).open();
    const target = folderBlobs(join(elsewhere, 'full'));
    const restore = (replace: boolean) =>
      restoreBackup({ folder, manifest, database: into, blobs: target, replace, ...silent });
    await target.evidence.write({ job: 70, round: 1, attempt: 1 }, 'other', [Uint8Array.of(1)]);
    expect(await codeOf(restore(false))).to.equal('backup/not-empty');
    await target.evidence.removeAll({ job: 70, round: 1, attempt: 1 });
    await into.commit(({ query }) =>
      query("insert into access_nonces (nonce, expires_at) values ('mine', 1)"),
    );
    expect(await codeOf(restore(false))).to.equal('backup/not-empty');
    expect(await into.query('select nonce from access_nonces')).to.deep.equal([{ nonce: 'mine' }]);
    await target.evidence.write({ job: 70, round: 1, attempt: 1 }, 'other', [Uint8Array.of(1)]);
    await restore(true);
    expect(await contentOf(into, target)).to.deep.equal(content);
    expect(await into.query('select nonce from access_nonces')).to.deep.equal([]);
    await into.close();
  });

  it('that is restored only in part changes no row, and is restored by the next try', async function () {
    this.timeout(60_000);
    const into = await (await engine.create()).open();
    const target = folderBlobs(join(elsewhere, 'part'));
    const failing = watched(into, ({ query, exec }) => ({
      exec,
      query: (sql, parameters) =>
        sql.startsWith('update coordinator') ? Promise.reject(new Error('EIO')) : query(sql, parameters),
    }));
    const restore = (on: Database) =>
      restoreBackup({ folder, manifest, database: on, blobs: target, replace: false, ...silent });
    expect(await codeOf(restore(failing))).to.equal('Error: EIO');
    expect(await into.query('select job from jobs')).to.deep.equal([]);
    expect(await target.inputs.names(underWay)).to.have.length(3);
    await restore(into);
    expect(await contentOf(into, target)).to.deep.equal(content);
    await into.close();
  });

  it('of an input that is gone is refused, or says what it lacks', async () => {
    const [name = ''] = await blobs.inputs.names(underWay);
    const bytes = (await blobs.inputs.read(underWay, name))!;
    await blobs.inputs.remove(underWay, name);
    const lacking = join(home, 'lacking');
    try {
      expect(await codeOf(take({ folder: lacking }))).to.equal('backup/blob-missing');
      expect(existsSync(lacking) || existsSync(`${lacking}.partial`)).to.equal(false);
      const { missing } = await take({ folder: lacking, incomplete: true });
      expect(missing).to.deep.equal([{ kind: 'inputs', ...underWay, name }]);
      expect((await verify(lacking)).missing).to.deep.equal(missing);
    } finally {
      await blobs.inputs.write(underWay, name, [bytes]);
    }
  });

  it('is of one moment, though the coordinator deletes inputs while they are copied', async () => {
    const moving = join(home, 'moving');
    let looks = 0;
    const going: Blobs['inputs'] = {
      ...blobs.inputs,
      // The first look finds one gone; by the next the round has what it needs.
      read: (id, name) => (looks++ === 0 ? Promise.resolve(null) : blobs.inputs.read(id, name)),
    };
    expect((await take({ folder: moving, blobs: { ...blobs, inputs: going } })).missing).to.deep.equal([]);
    expect(looks).to.equal(4);
    await verify(moving);
  });
});
