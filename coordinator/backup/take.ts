/** Takes a backup: the rows of one moment, and the blobs that they point at, while the coordinator may go on. docs/operations.md */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import type { Seconds } from '#protocol/units.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { folderBlobs } from '../blobs/folder.ts';
import type { Database } from '../store/database.ts';
import { disk } from '../store/files.ts';
import { copier } from './copy-blobs.ts';
import { MANIFEST, MANIFEST_DIGEST, BLOB_LIST, type BlobLine, type Manifest } from './format.ts';
import { digestOf, writeHashed } from './hashed-file.ts';
import { takeRows } from './take-rows.ts';

export type TakeOptions = Readonly<{
  /** Opened without migrating it. */
  database: Pick<Database, 'engine' | 'commit'>;
  blobs: Pick<Blobs, 'inputs' | 'evidence'>;
  /** Where the backup will be; nothing is there yet. */
  folder: string;
  program: string;
  now: Seconds;
  /** Take it without those blobs that are gone, and say which. */
  incomplete: boolean;
  progress(text: string): void;
  signal: AbortSignal;
}>;

/** A running coordinator deletes inputs as its rounds go on: so often the rows are read again. */
const TRIES = 10;

/**
 * Appears under its name only when it is whole and on disk.
 *
 * @throws TributaryError `backup/exists`, `backup/stopped`, `backup/blob-missing`, `backup/nothing`, `database/older`, `database/newer`, `storage/full`
 */
export async function takeBackup(options: TakeOptions): Promise<Manifest> {
  const { folder, signal } = options;
  if (existsSync(folder))
    throw new TributaryError('backup/exists', `${folder} is there already: name another folder`);
  const partial = `${folder}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o700 });
    const manifest = await fill(options, partial);
    signal.throwIfAborted();
    await rename(partial, folder);
    await disk.syncFolder(dirname(folder));
    return manifest;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw signal.aborted ? stopped(error) : error;
  }
}

async function fill(options: TakeOptions, partial: string): Promise<Manifest> {
  const { database, blobs, program, now, incomplete, progress, signal } = options;
  let [number, bytes] = [0, 0];
  const copying = copier({
    from: blobs,
    to: folderBlobs(partial),
    signal,
    copied(length) {
      [number, bytes] = [number + 1, bytes + length];
      if (number % 1_000 === 0) progress(`${number} blobs, ${bytes} bytes`);
    },
  });
  for (let tries = 1; ; tries += 1) {
    const rows = await takeRows(database, blobs, partial, signal);
    progress(`${rows.tables.reduce((sum, table) => sum + table.rows, 0)} rows`);
    const missing = await copying.copy(rows.wanted.blobs);
    if (missing.length > 0 && tries < TRIES) {
      progress(`the coordinator has gone on meanwhile: its rows are read again`);
      continue;
    }
    const [first] = missing;
    if (first && !incomplete) {
      throw new TributaryError(
        'backup/blob-missing',
        `the ${first.kind} of job ${first.job}, round ${first.round}, attempt ${first.attempt} lack ${first.name}: restore the coordinator's folder, or give --incomplete`,
      );
    }
    const lines = await copying.keepOnly(rows.wanted.blobs);
    return writeManifest(partial, {
      ...{ kind: 'tributary/backup', version: 1, program, takenAt: now, engine: database.engine },
      ...{ step: rows.step, owner: rows.owner, tables: [...rows.tables], underWay: [...rows.underWay] },
      expired: [...rows.wanted.expired],
      missing,
      blobs: await writeList(partial, lines),
    });
  }
}

async function writeList(folder: string, lines: readonly BlobLine[]): Promise<Manifest['blobs']> {
  const encoder = new TextEncoder();
  const pieces = lines.map((line) => encoder.encode(`${JSON.stringify(line)}\n`));
  const list = await writeHashed(join(folder, BLOB_LIST), pieces);
  return { count: lines.length, bytes: lines.reduce((sum, line) => sum + line.bytes, 0), list };
}

async function writeManifest(folder: string, manifest: Manifest): Promise<Manifest> {
  const text = new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`);
  await writeHashed(join(folder, MANIFEST), [text]);
  // As `sha256sum --check` reads it.
  const line = `${digestOf(text).sha256}  ${MANIFEST}\n`;
  await writeHashed(join(folder, MANIFEST_DIGEST), [new TextEncoder().encode(line)]);
  return manifest;
}

const stopped = (cause: unknown): TributaryError =>
  new TributaryError('backup/stopped', 'it was stopped before its end; nothing of it is left', { cause });
