/** Masked inputs and evidence in a folder: a file each, whole and synced before it has its name. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptId } from '#protocol/job-id.ts';
import { disk as realDisk, isCode, writeDurably, type Disk } from '../store/files.ts';
import { attemptName, attemptNamed, type AttemptBlobs, type Blobs } from './blobs.ts';
import { folderName } from './folder-name.ts';

const PART = '.part';
/** Where an attempt's blobs are once they are taken away; empty, it stays to say that there were some. */
const EXPIRED = '.expired';

/** @param folder is made with the first blob */
export const folderBlobs = (folder: string, disk: Disk = realDisk): Blobs => ({
  inputs: attemptsIn(join(folder, 'inputs'), disk),
  evidence: attemptsIn(join(folder, 'evidence'), disk),
  name: () => folderName(folder),
  where: folder,
  look: () => Promise.resolve(),
  free: () => freeIn(folder),
  close: () => Promise.resolve(),
});

export function attemptsIn(folder: string, disk: Disk): AttemptBlobs {
  const folderOf = (id: AttemptId) => join(folder, attemptName(id));
  const pathOf = (id: AttemptId, name: string) => join(folderOf(id), name);
  const whole = async (id: AttemptId) => (await namesIn(folderOf(id))).filter((name) => !name.endsWith(PART));
  return {
    attempts: async () => (await namesIn(folder)).flatMap((name) => attemptNamed(name) ?? []),
    names: whole,

    async bytes(id) {
      let sum = 0;
      for (const name of await whole(id)) sum += (await statOrNull(pathOf(id, name)))?.size ?? 0;
      return sum;
    },

    write: (id, name, pieces, inspection) => writeDurably(disk, pathOf(id, name), pieces, inspection),

    async read(id, name) {
      try {
        return await readFile(pathOf(id, name));
      } catch (error) {
        if (isCode(error, 'ENOENT')) return null;
        throw error;
      }
    },

    remove: (id, name) => disk.remove(pathOf(id, name)),
    async removeAll(id) {
      for (const path of [folderOf(id), folderOf(id) + EXPIRED])
        await rm(path, { recursive: true, force: true });
    },

    async removeParts(id, olderSeconds) {
      for (const name of await namesIn(folderOf(id))) {
        if (!name.endsWith(PART)) continue;
        const path = pathOf(id, name);
        if (olderSeconds === 0 || (await ageOf(path)) > olderSeconds) await disk.remove(path);
      }
    },

    async expire(id) {
      const expired = folderOf(id) + EXPIRED;
      // A folder takes the place of an empty one alone; one with blobs is there where a copy was put back.
      await empty(expired);
      await disk.rename(folderOf(id), expired);
      await disk.syncFolder(folder);
      await empty(expired);
    },

    isExpired: (id) => Promise.resolve(existsSync(folderOf(id) + EXPIRED)),
    expired: () => expiredIn(folder),

    async markExpired(id) {
      await mkdir(folderOf(id) + EXPIRED, { recursive: true });
      await disk.syncFolder(folder);
    },

    async finishExpiring() {
      for (const id of await expiredIn(folder)) await empty(folderOf(id) + EXPIRED);
    },

    where: pathOf,
    file: pathOf,
  };
}

/** Of the disk on which the folder is, or would be made. */
async function freeIn(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (!isCode(error, 'ENOENT') || dirname(folder) === folder) throw error;
    return freeIn(dirname(folder));
  }
}

const expiredIn = async (folder: string): Promise<AttemptId[]> =>
  (await namesIn(folder)).flatMap((name) =>
    name.endsWith(EXPIRED) ? (attemptNamed(name.slice(0, -EXPIRED.length)) ?? []) : [],
  );

async function empty(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

/** Seconds since something was written to a file; none for one that is gone, its upload being over. */
async function ageOf(path: string): Promise<number> {
  const found = await statOrNull(path);
  return found ? (Date.now() - found.mtimeMs) / 1000 : 0;
}

async function statOrNull(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}
