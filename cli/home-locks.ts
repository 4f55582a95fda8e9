/** Which processes are at work in a folder: the living holders of the locks in it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockHolder } from '#datasets/folder-lock.ts';

const locks = /^(lock|client\.lock|database\.lock)$/;
/** Locks lie in an actor's home, or in a folder of its own there. */
const DEPTH = 5;

export type HeldLock = Readonly<{ file: string; pid: number }>;

export async function heldLocks(folder: string, depth = DEPTH): Promise<HeldLock[]> {
  if (!existsSync(folder)) return [];
  const found: HeldLock[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth > 0 && entry.name !== 'blocks' && entry.name !== 'database') {
      found.push(...(await heldLocks(path, depth - 1)));
    } else if (locks.test(entry.name)) {
      const pid = await lockHolder(path);
      if (pid !== null) found.push({ file: path, pid });
    }
  }
  return found;
}
