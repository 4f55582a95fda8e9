/** The data directory of the embedded database: made by a process of its own, or copied; whole before it has its name. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TributaryError } from '#crypto/error.ts';
import { disk, isCode, syncFile, writeDurably } from './files.ts';

const MAKING = '.making';
/** Of making one, on any machine. */
const LONGEST_MILLIS = 3_600_000;
const script = fileURLToPath(new URL('./make-data.mjs', import.meta.url));

/**
 * Sees that there is a whole data directory. Its files are not synced: the first commit does that.
 *
 * @param prepared a directory to copy, made when missing; undefined: one is made for this folder alone
 * @throws TributaryError `database/not-made`
 */
export async function ensureData(data: string, prepared: string | undefined): Promise<void> {
  if (isMade(data)) return;
  // A process that died while it made the directory left half of one.
  await rm(data, { recursive: true, force: true });
  await mkdir(dirname(data), { recursive: true });
  await removeUnfinished(data, 0);
  const draft = draftOf(data);
  if (prepared === undefined) await make(draft);
  else {
    await ensurePrepared(prepared);
    await cp(prepared, draft, { recursive: true });
  }
  await rename(draft, data);
  await writeDurably(disk, markOf(data), []);
}

/** Whether a data directory is there, and was whole once. */
export const isMade = (data: string): boolean => existsSync(markOf(data));

const markOf = (data: string): string => `${data}.made`;

/** Others may be at the same: the first one's stays. */
async function ensurePrepared(prepared: string): Promise<void> {
  if (existsSync(prepared)) return;
  await removeUnfinished(prepared, LONGEST_MILLIS);
  const draft = draftOf(prepared);
  await make(draft);
  await syncTree(draft);
  try {
    await rename(draft, prepared);
  } catch (error) {
    if (!isCode(error, 'ENOTEMPTY') && !isCode(error, 'EEXIST')) throw error;
    await rm(draft, { recursive: true });
  }
  await disk.syncFolder(dirname(prepared));
}

/** Of a name of its own: an orphan of a process that was killed may still be writing to another. */
const draftOf = (folder: string): string => `${folder}.${randomUUID()}${MAKING}`;

/** What processes that are gone left. */
async function removeUnfinished(data: string, olderMillis: number): Promise<void> {
  const beside = await readdir(dirname(data));
  for (const name of beside) {
    if (!name.startsWith(`${basename(data)}.`) || !name.endsWith(MAKING)) continue;
    const path = join(dirname(data), name);
    if (Date.now() - (await stat(path)).mtimeMs >= olderMillis)
      await rm(path, { recursive: true, force: true });
  }
}

async function make(folder: string): Promise<void> {
  const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = `${said}${text}`.slice(-MOST_SAID)));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (code === 0) return;
  // What failed first is what is told.
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  throw new TributaryError(
    'database/not-made',
    `the embedded database can not be made (${signal ?? `exit status ${code}`}): is there a gigabyte of memory, and of disk?`,
    { cause: new Error(said) },
  );
}
/** Characters, the last ones: enough to see why. */
const MOST_SAID = 4_000;

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    await (entry.isDirectory() ? disk.syncFolder(path) : syncFile(path));
  }
  await disk.syncFolder(folder);
}
