/**
 * Restores a backup into an empty database and its place for blobs: blobs first, which are named by what they are, then all rows in one
 * transaction. One that was cut off has changed no row, and is run again. docs/operations.md
 */
import { TributaryError } from '#crypto/error.ts';
import { attemptName, type Blobs } from '../blobs/blobs.ts';
import { folderBlobs } from '../blobs/folder.ts';
import type { Database } from '../store/database.ts';
import { kinds, type Manifest } from './format.ts';
import { damaged, digestOf, sameDigest } from './hashed-file.ts';
import { loadRows } from './load.ts';
import { readBlobList } from './read-manifest.ts';
import { assertEmpty } from './target.ts';

export type RestoreOptions = Readonly<{
  folder: string;
  /** Verified before: what is restored is held against it once more. */
  manifest: Manifest;
  database: Pick<Database, 'engine' | 'commit' | 'query' | 'flush'>;
  blobs: Blobs;
  /** What is there gives way. */
  replace: boolean;
  progress(text: string): void;
  signal: AbortSignal;
}>;

/** @throws TributaryError `backup/not-empty`, `backup/in-use`, `backup/damaged`, `backup/stopped`, `storage/…` */
export async function restoreBackup(options: RestoreOptions): Promise<void> {
  const { folder, manifest, database, blobs, replace, progress, signal } = options;
  const wanted = await attemptsOf(folder, manifest);
  await assertEmpty({ database, blobs, replace, wanted });
  try {
    await copyBlobs(options);
    signal.throwIfAborted();
    await database.commit(async (transaction) => {
      await loadRows(transaction, folder, manifest, progress);
      // The first coordinator that starts writes down which blobs are its own.
      await transaction.query('update coordinator set blobs = null');
      // Who followed later events than these is told to read the state again: their numbers will be of others.
      await transaction.query('update jobs set event_stream = default');
      signal.throwIfAborted();
    });
    await database.flush();
  } catch (error) {
    throw signal.aborted
      ? new TributaryError('backup/stopped', 'no row was changed; run it again to restore', { cause: error })
      : error;
  }
  if (replace) await removeOthers(blobs, wanted);
}

async function copyBlobs({ folder, manifest, blobs, progress, signal }: RestoreOptions): Promise<void> {
  const from = folderBlobs(folder);
  const expired = new Set(manifest.expired.map(attemptName));
  // What is there in the backup is not expired any more.
  for (const id of await blobs.evidence.expired())
    if (!expired.has(attemptName(id))) await blobs.evidence.removeAll(id);
  let number = 0;
  for await (const { kind, name, bytes: length, sha256, ...id } of readBlobList(folder)) {
    signal.throwIfAborted();
    const bytes = await from[kind].read(id, name);
    if (!bytes || !sameDigest(digestOf(bytes), { bytes: length, sha256 }))
      throw damaged(`${from[kind].where(id, name)} is not what it was when it was verified`);
    await blobs[kind].write(id, name, [bytes]);
    number += 1;
    if (number % 1_000 === 0) progress(`${number} of ${manifest.blobs.count} blobs`);
  }
  for (const id of manifest.expired) await blobs.evidence.markExpired(id);
}

/** Of which there are blobs in the backup. */
async function attemptsOf(folder: string, { expired }: Manifest): Promise<Wanted> {
  const wanted = { inputs: new Set<string>(), evidence: new Set(expired.map(attemptName)) };
  for await (const { kind, ...id } of readBlobList(folder)) wanted[kind].add(attemptName(id));
  return wanted;
}

async function removeOthers(blobs: Blobs, wanted: Wanted): Promise<void> {
  for (const kind of kinds) {
    for (const id of await blobs[kind].attempts())
      if (!wanted[kind].has(attemptName(id))) await blobs[kind].removeAll(id);
  }
}

export type Wanted = Readonly<Record<(typeof kinds)[number], ReadonlySet<string>>>;
