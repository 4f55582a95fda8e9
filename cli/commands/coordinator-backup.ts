/** `tributary coordinator backup | verify | restore`: all that a coordinator keeps but its key, in a folder and back. docs/operations.md */
import { join, resolve } from 'node:path';
import type { Manifest } from '#coordinator/backup/format.ts';
import { restoreBackup } from '#coordinator/backup/restore.ts';
import { countRows } from '#coordinator/backup/take-rows.ts';
import { takeBackup } from '#coordinator/backup/take.ts';
import { assertEmpty } from '#coordinator/backup/target.ts';
import { verifyBackup } from '#coordinator/backup/verify.ts';
import { openBlobs } from '#coordinator/blobs/open.ts';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import type { Database } from '#coordinator/store/database.ts';
import { hasEmbedded, openEmbedded } from '#coordinator/store/embedded-database.ts';
import { openServer } from '#coordinator/store/server-database.ts';
import { TributaryError } from '#crypto/error.ts';
import { toSeconds } from '#protocol/units.ts';
import { readCoordinatorStorage } from '../coordinator-storage.ts';
import { untilStopped } from '../lifetime.ts';
import { progress, result } from '../output.ts';
import { preparedDatabase } from '../prepared-database.ts';
import { readSettings, type CommonOptions, type Settings } from '../settings.ts';
import { packageVersion } from '../version.ts';

type StorageOptions = CommonOptions & Readonly<{ blobs?: string; dryRun?: boolean }>;

/** What is written is its owner's alone. */
const OTHERS = 0o077;

export async function backup(
  options: StorageOptions & Readonly<{ incomplete?: boolean }>,
  given: string,
): Promise<void> {
  const settings = readSettings(options);
  const folder = resolve(given);
  const signal = untilStopped();
  process.umask(OTHERS);
  await withStore(settings, options, 'backup', async (database, blobs) => {
    if (options.dryRun === true) {
      const found = await countRows(database, blobs);
      const said = `would take ${found.rows} rows and ${found.blobs} blobs; ${underWayText(found.underWay)}`;
      return result(settings.json, { event: 'dry-run', folder, ...found }, said);
    }
    const manifest = await takeBackup({
      ...{ database, blobs, folder, program: packageVersion(), progress, signal },
      now: toSeconds(Math.floor(Date.now() / 1000)),
      incomplete: options.incomplete === true,
    });
    const said = `${folder}: ${contentText(manifest)}\nthe coordinator's key is not in it: keep coordinator.json and its password apart`;
    result(settings.json, { event: 'backed-up', folder, ...factsOf(manifest) }, said);
  });
}

export async function verify(options: CommonOptions, given: string): Promise<void> {
  const settings = readSettings(options);
  const folder = resolve(given);
  const manifest = await verified(settings, folder, untilStopped());
  const said = `${folder} is whole: ${contentText(manifest)}`;
  result(settings.json, { event: 'verified', folder, ...factsOf(manifest) }, said);
}

export async function restore(
  options: StorageOptions & Readonly<{ replace?: boolean }>,
  given: string,
): Promise<void> {
  const settings = readSettings(options);
  const folder = resolve(given);
  const signal = untilStopped();
  const replace = options.replace === true;
  const manifest = await verified(settings, folder, signal);
  await withStore(settings, options, 'restore', async (database, blobs) => {
    if (options.dryRun === true) {
      await assertEmpty({ database, blobs, replace, wanted: null });
      const said = `would restore ${contentText(manifest)}`;
      return result(settings.json, { event: 'dry-run', folder, ...factsOf(manifest) }, said);
    }
    await restoreBackup({ folder, manifest, database, blobs, replace, progress, signal });
    const said = `restored ${contentText(manifest)}\nwhat the chain has seen since is found out at the start; sign-ins are over, API keys are as they were then`;
    result(settings.json, { event: 'restored', folder, ...factsOf(manifest) }, said);
  });
}

const verified = ({ home }: Settings, folder: string, signal: AbortSignal): Promise<Manifest> =>
  verifyBackup({ folder, prepared: preparedDatabase(home), progress, signal });

async function withStore(
  settings: Settings,
  { blobs: place }: StorageOptions,
  what: 'backup' | 'restore',
  work: (database: Database, blobs: Blobs) => Promise<void>,
): Promise<void> {
  const storage = readCoordinatorStorage(settings, place);
  const home = join(settings.home, 'coordinator');
  const blobs = await openBlobs(storage.blobs ?? home, home);
  try {
    const database = await openDatabase(settings, home, storage.databaseUrl, what === 'restore');
    try {
      await work(database, blobs);
    } finally {
      await database.close();
    }
  } finally {
    await blobs.close();
  }
}

async function openDatabase(
  settings: Settings,
  folder: string,
  url: string | undefined,
  migrating: boolean,
): Promise<Database> {
  if (url !== undefined)
    return openServer(url, `tributary ${migrating ? 'restore' : 'backup'}`, { migrating, patient: true });
  if (!migrating && !hasEmbedded(folder))
    throw new TributaryError(
      'backup/nothing',
      `there is no coordinator's database in ${folder}: check --home`,
    );
  return openEmbedded({ folder, prepared: preparedDatabase(settings.home), migrating });
}

function factsOf({ takenAt, step, owner, tables, blobs, missing, underWay }: Manifest) {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return { takenAt, step, owner, rows, blobs: blobs.count, bytes: blobs.bytes, missing, underWay };
}

function contentText(manifest: Manifest): string {
  const { rows, blobs, bytes, missing, underWay } = factsOf(manifest);
  const taken = new Date(manifest.takenAt * 1000).toISOString();
  const lost = missing.length === 0 ? '' : `; ${missing.length} blobs were lost before`;
  return `${rows} rows and ${blobs} blobs of ${bytes} bytes, taken ${taken}${lost}; ${underWayText(underWay)}`;
}

const underWayText = (attempts: Readonly<Manifest['underWay']>): string =>
  attempts.length === 0
    ? 'no round was under way'
    : `under way: ${attempts.map(({ job, round, attempt, phase }) => `job ${job}, round ${round}, attempt ${attempt}: ${phase}`).join('; ')}`;
