/** Files that are whole and on disk before their name exists; a full disk is a coded refusal. */
import { closeSync, fsync, openSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
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

export const disk: Disk = {
  async open(path) {
    const handle = await open(path, 'wx');
    return {
      async write(bytes) {
        // One write may take a part only.
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  rename,
  syncFolder: syncFile,
  remove: (path) => rm(path, { force: true }),
};

const fsyncOf = promisify(fsync);

/** Puts on disk what was written to a file or folder. To open and close it waits for no disk, and would for this thread's next turn. */
export async function syncFile(path: string): Promise<void> {
  const file = openSync(path, 'r');
  try {
    await fsyncOf(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes pieces to a file aside, syncs it, and gives it its name.
 *
 * @param check sees the end of the pieces; what it throws keeps the file from its name
 * @throws TributaryError `storage/full` when the disk is full; then nothing was kept and the same may be sent later
 */
export async function writeDurably(
  on: Disk,
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  check: () => void = () => undefined,
): Promise<void> {
  const aside = `${path}.${randomUUID()}.part`;
  try {
    const file = await openNew(on, aside);
    try {
      for await (const piece of pieces) await file.write(piece);
      check();
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
