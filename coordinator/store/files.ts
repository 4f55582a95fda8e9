/** Files that are whole and on disk before their name exists; a full disk is a coded refusal. */
import { closeSync, fsync, open, openSync, rename, write } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import type { Inspection } from '../blobs/blobs.ts';
import { FolderSyncs } from './folder-syncs.ts';

/** The few calls by which bytes reach the disk, so that a test can let one fail. */
export type Disk = Readonly<{
  /** A file that is not there yet. */
  open(path: string): Promise<DiskFile>;
  /** And those that it is in. */
  makeFolder(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  remove(path: string): Promise<void>;
}>;

export type DiskFile = Readonly<{
  write(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}>;

/** By callbacks: each of a hundred uploads makes ten of these calls, and one of node:fs/promises costs this thread half as much again. */
const calls = { open: promisify(open), fsync: promisify(fsync), rename: promisify(rename) };

export const disk: Disk = {
  async open(path) {
    const file = await calls.open(path, 'wx');
    return {
      write: (bytes) => writeAll(file, bytes),
      sync: () => calls.fsync(file),
      // What is synced waits for no disk; what is not will be removed.
      close: () => Promise.resolve(closeSync(file)),
    };
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  rename: calls.rename,
  syncFolder: syncFile,
  remove: (path) => rm(path, { force: true }),
};

/** One write may take a part only. */
function writeAll(file: number, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const from = (at: number): void =>
      write(file, bytes, at, bytes.length - at, null, (error, written) => {
        if (error) reject(error);
        else if (at + written < bytes.length) from(at + written);
        else resolve();
      });
    from(0);
  });
}

/** Puts on disk what was written to a file or folder. To open and close it waits for no disk, and would for this thread's next turn. */
export async function syncFile(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await calls.fsync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes pieces to a file aside, syncs it, and gives it its name.
 *
 * @throws TributaryError what the inspection throws, and `storage/full` when the disk is full; then nothing was kept and the same may be sent later
 */
export async function writeDurably(
  on: Disk,
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  inspection: Inspection | null = null,
): Promise<void> {
  const aside = `${path}.${randomUUID()}.part`;
  try {
    const file = await openNew(on, aside);
    try {
      for await (const piece of pieces) {
        inspection?.push(piece);
        await file.write(piece);
      }
      inspection?.end();
      await file.sync();
    } catch (error) {
      await file.close();
      throw error;
    }
    // What is on disk stays there, whenever it is closed.
    await Promise.all([file.close(), on.rename(aside, path)]);
    await syncsOf(on).named(path);
  } catch (error) {
    await on.remove(aside);
    throw storageError(error);
  }
}

const syncs = new WeakMap<Disk, FolderSyncs>();

function syncsOf(on: Disk): FolderSyncs {
  const known = syncs.get(on) ?? new FolderSyncs((folder) => on.syncFolder(folder));
  syncs.set(on, known);
  return known;
}

/** The folder is there but for its first file. */
async function openNew(on: Disk, path: string): Promise<DiskFile> {
  try {
    return await on.open(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    syncsOf(on).making(dirname(path));
    await on.makeFolder(dirname(path));
    return on.open(path);
  }
}

/** A failure to write as a coded error, where the disk is full; any other as it was. */
export function storageError(error: unknown): unknown {
  return isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT')
    ? new TributaryError(
        'storage/full',
        "the coordinator's disk is full; nothing was kept: send the same again when its operator has made room",
        { cause: error },
      )
    : error;
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
