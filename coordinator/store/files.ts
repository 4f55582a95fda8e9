/** Files that are whole and on disk before their name exists; a full disk is a coded refusal. */
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import { sharedSync } from './shared-sync.ts';

/** The few calls by which bytes reach the disk, so that a test can let one fail. */
export type Disk = Readonly<{
  open(path: string): Promise<DiskFile>;
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
    const handle = await openNew(path);
    return {
      async write(bytes) {
        // One write may take a part only.
        for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  rename,
  syncFolder: syncFile,
  remove: (path) => rm(path, { force: true }),
};

/** Its folder is there but for the first file. */
async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, 'wx');
  }
}

/** Puts on disk what was written to a file or folder. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
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
    const file = await on.open(aside);
    try {
      for await (const piece of pieces) await file.write(piece);
      check();
      await file.sync();
    } finally {
      await file.close();
    }
    await on.rename(aside, path);
    await syncFolder(on, dirname(path));
    // The folder itself may be new.
    await syncFolder(on, dirname(dirname(path)));
  } catch (error) {
    await on.remove(aside);
    throw storageError(error);
  }
}

type Shared = { readonly sync: () => Promise<void>; users: number };
const shared = new WeakMap<Disk, Map<string, Shared>>();

/** Files of one folder that end at the same time wait for one sync of it. */
async function syncFolder(on: Disk, folder: string): Promise<void> {
  const folders = shared.get(on) ?? new Map<string, Shared>();
  shared.set(on, folders);
  const own = folders.get(folder) ?? { sync: sharedSync(() => on.syncFolder(folder)), users: 0 };
  folders.set(folder, own);
  own.users += 1;
  try {
    await own.sync();
  } finally {
    own.users -= 1;
    if (own.users === 0) folders.delete(folder);
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
