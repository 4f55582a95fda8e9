/** Whether a backup can be restored: every digest, every row, every blob that a row points at. docs/operations.md */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';
import type { Blobs } from '../blobs/blobs.ts';
import { folderBlobs } from '../blobs/folder.ts';
import { openEmbedded } from '../store/embedded-database.ts';
import { checkBlobs, checkPointedAt } from './check-blobs.ts';
import { checkedStates, checkRows } from './check-rows.ts';
import { tableFile, type Manifest } from './format.ts';
import { damaged } from './hashed-file.ts';
import { loadRows } from './load.ts';
import { assertFiles, readManifest } from './read-manifest.ts';

export type VerifyOptions = Readonly<{
  folder: string;
  /** As of `openEmbedded`: the rows are put into a database that is thrown away. */
  prepared?: string | undefined;
  progress(text: string): void;
  signal: AbortSignal;
}>;

/** @throws TributaryError `backup/not-one`, `backup/newer`, `backup/stopped`, `backup/damaged` with what is wrong first */
export async function verifyBackup({ folder, prepared, progress, signal }: VerifyOptions): Promise<Manifest> {
  const manifest = await readManifest(folder);
  await assertFiles(folder, manifest, tableFile);
  const blobs = folderBlobs(folder);
  const number = await checkBlobs(folder, blobs, progress);
  if (number !== manifest.blobs.count)
    throw damaged(`the list has ${number} blobs, not ${manifest.blobs.count}`);
  const isStopped = (): boolean => signal.aborted;
  if (isStopped()) throw stopped(null);
  const scratch = await mkdtemp(join(tmpdir(), 'tributary-verify-'));
  const say = (text: string): void => {
    signal.throwIfAborted();
    progress(text);
  };
  try {
    await checkLoaded({ folder: scratch, prepared }, folder, manifest, blobs, say);
  } catch (error) {
    throw isStopped() ? stopped(error) : error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return manifest;
}

const stopped = (cause: unknown): TributaryError =>
  new TributaryError('backup/stopped', 'it was stopped before its end; nothing was changed', { cause });

async function checkLoaded(
  scratch: Parameters<typeof openEmbedded>[0],
  folder: string,
  manifest: Manifest,
  blobs: Blobs,
  progress: (text: string) => void,
): Promise<void> {
  const database = await openEmbedded(scratch);
  try {
    await database.commit((transaction) => loadRows(transaction, folder, manifest, progress));
    await database.commit(checkRows);
    for await (const state of checkedStates(database.query)) await checkPointedAt(state, blobs, manifest);
  } finally {
    await database.close();
  }
}
