/**
 * Files that are on disk, whole, before their name is there: written aside, synced, renamed, and the folder
 * synced, so that neither kill -9 nor a power cut leaves half a file under a name.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes `file` by way of `aside`, a folder on the same file system. */
export async function writeDurably(
  file: string,
  bytes: Uint8Array,
  aside: string,
  mode = 0o666,
): Promise<void> {
  const partial = join(aside, randomUUID());
  try {
    const handle = await open(partial, 'wx', mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await mkdir(dirname(file), { recursive: true });
    await rename(partial, file);
    await syncFolder(dirname(file));
    // Another writer may have made the folder and not have synced its name yet.
    await syncFolder(dirname(dirname(file)));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
