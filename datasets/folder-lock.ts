/**
 * One process at a time in a folder: a lock file that names its holder. A holder that is gone, killed or lost with the
 * machine, is taken over from. For the embedded database, which takes no lock of its own, block folders and homes.
 */
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { TributaryError } from '#crypto/error.ts';

/** `started` and `nonce` tell processes apart that were given the same number. */
const holder = z.object({ pid: z.int().min(1), started: z.string(), nonce: z.string().regex(/^[\w-]+$/) });
type Holder = z.infer<typeof holder>;

/** A lock was linked into place whole, so no living process left one like that. */
const DAMAGED: Holder = { pid: 0, started: '', nonce: 'damaged' };

export type Lock = Readonly<{ release(): Promise<void> }>;

/** Locks that this very process holds or is about to. */
const own = new Set<string>();
const TRIES = 20;

/**
 * @param file the lock; its folder is made if missing
 * @param refusal what is thrown while another living process, of this number, holds it
 */
export async function takeLock(file: string, refusal: (pid: number) => TributaryError): Promise<Lock> {
  await mkdir(dirname(file), { recursive: true });
  const taker: Holder = { pid: process.pid, started: await startOf(process.pid), nonce: randomUUID() };
  const draft = `${file}.${taker.nonce}`;
  await writeFile(draft, JSON.stringify(taker), { flag: 'wx' });
  own.add(taker.nonce);
  try {
    for (let tries = 1; !(await linked(draft, file)); tries++) {
      const found = await readHolder(file);
      if (found !== null) {
        if (tries === TRIES || (await isAlive(found))) throw refusal(found.pid);
        if (await succeeded(file, found, draft)) break;
      }
    }
  } catch (error) {
    own.delete(taker.nonce);
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      await rm(file, { force: true });
      own.delete(taker.nonce);
    },
  };
}

/** The number of the living process that holds a lock; null where nobody does. */
export async function lockHolder(file: string): Promise<number | null> {
  const found = await readHolder(file);
  return found !== null && (await isAlive(found)) ? found.pid : null;
}

/**
 * Takes a dead holder's place. Whoever links the file of its heir first is the one; an heir that died before it had
 * taken the place has an heir of its own. The place is looked at again under that file, for a slower taker may find
 * it removed by a faster one, and then the lock is no longer the dead holder's.
 */
async function succeeded(file: string, dead: Holder, draft: string): Promise<boolean> {
  const heirs = [`${file}.heir-of-${dead.nonce}`];
  for (let heir = heirs[0] ?? ''; !(await linked(draft, heir)); heir = heirs.at(-1) ?? '') {
    const other = await readHolder(heir);
    if (other === null || heirs.length === TRIES || (await isAlive(other))) return false;
    heirs.push(`${file}.heir-of-${other.nonce}`);
  }
  const mine = heirs.at(-1) ?? '';
  const still = (await readHolder(file))?.nonce === dead.nonce;
  if (!still) {
    await rm(mine, { force: true });
    return false;
  }
  await rename(draft, file);
  for (const heir of heirs) await rm(heir, { force: true });
  return true;
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Null where the lock is gone by now. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    return holder.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? DAMAGED;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    if (error instanceof SyntaxError) return DAMAGED;
    throw error;
  }
}

async function isAlive({ pid, started, nonce }: Holder): Promise<boolean> {
  if (pid === 0) return false;
  if (pid === process.pid) return own.has(nonce);
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
  return started === (await startOf(pid));
}

/** When a process started, in the kernel's ticks; empty where there is no /proc, or no such process. */
export async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
