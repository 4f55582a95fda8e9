/** `tributary clean`: takes away what Tributary put on this machine, but for keys unless they are named. */
import { lstatSync, readdirSync, realpathSync, existsSync, rmSync, rmdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TributaryError } from '#crypto/error.ts';
import { confirmed } from '../confirm.ts';
import { homeEntries, isHome, type HomeEntry } from '../home-contents.ts';
import { heldLocks } from '../home-locks.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type CleanOptions = CommonOptions & Readonly<{ yes?: boolean; keys?: boolean; dryRun?: boolean }>;

const clone = fileURLToPath(new URL('../..', import.meta.url));
/** What a demo that was killed leaves behind. */
const leftover = /^tributary-demo-/;
const LEFTOVER_MILLIS = 3_600_000;

/**
 * @throws TributaryError `clean/not-a-home`, `clean/in-use` naming the process, `clean/not-confirmed` where nobody
 *   can be asked or the answer was no
 */
export async function clean(options: CleanOptions): Promise<void> {
  const { home, json } = readSettings(options);
  assertHome(home);
  const [lock] = await heldLocks(home);
  if (lock) {
    throw new TributaryError('clean/in-use', `process ${lock.pid} holds ${lock.file}: stop it first`);
  }
  const entries = existsSync(home) ? homeEntries(home) : [];
  const goes = ({ kind }: HomeEntry) => kind === 'state' || (kind === 'precious' && options.keys === true);
  const removed = [...entries.filter(goes).map(({ path }) => path), ...(await leftovers())];
  const kept = entries.filter((entry) => !goes(entry));

  if (options.dryRun === true) {
    result(
      json,
      { event: 'dry-run', removed, kept: kept.map(({ path }) => path) },
      listing('would remove', removed, kept),
    );
    return;
  }
  if (options.yes !== true && removed.length > 0) await ask(removed, kept);
  for (const path of removed) rmSync(path, { recursive: true, force: true });
  removeEmpty(home, entries);
  result(
    json,
    { event: 'cleaned', removed, kept: kept.map(({ path }) => path) },
    listing('removed', removed, kept),
  );
}

async function ask(removed: readonly string[], kept: readonly HomeEntry[]): Promise<void> {
  process.stderr.write(`${listing('to remove', removed, kept)}\n`);
  const answer = await confirmed('Remove them?');
  if (answer === true) return;
  throw new TributaryError(
    'clean/not-confirmed',
    answer === null
      ? 'no terminal to ask on: give --yes, or --dry-run to see what would go'
      : 'nothing was removed',
  );
}

function listing(title: string, removed: readonly string[], kept: readonly HomeEntry[]): string {
  const paths = (of: readonly string[]) => of.map((path) => `  ${path}`);
  const kindOf = (kind: HomeEntry['kind']) => kept.filter((entry) => entry.kind === kind);
  const precious = kindOf('precious').map(({ path }) => path);
  const unknown = kindOf('unknown').map(({ path }) => path);
  return [
    removed.length === 0 ? 'nothing to remove' : `${title}:`,
    ...paths(removed),
    ...(precious.length === 0 ? [] : ['kept, keys and what belongs to them (--keys removes them too):']),
    ...paths(precious),
    ...(unknown.length === 0 ? [] : ['kept, not made by Tributary:']),
    ...paths(unknown),
  ].join('\n');
}

/** @throws TributaryError `clean/not-a-home` */
function assertHome(home: string): void {
  if (!existsSync(home)) return;
  const real = realpathSync(home);
  const holdsUs = `${clone}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`);
  if (holdsUs || real === realpathSync(homedir()) || !lstatSync(real).isDirectory() || !isHome(real)) {
    throw new TributaryError('clean/not-a-home', `${home} is no home of Tributary: check --home`);
  }
}

/** Temporary folders of demos that nobody is at work in any more. */
async function leftovers(): Promise<string[]> {
  const found: string[] = [];
  for (const name of readdirSync(tmpdir()).filter((each) => leftover.test(each))) {
    const path = join(tmpdir(), name);
    const { mtimeMs, uid } = lstatSync(path);
    const ours = process.getuid === undefined || uid === process.getuid();
    if (!ours || Date.now() - mtimeMs < LEFTOVER_MILLIS) continue;
    if ((await heldLocks(path)).length === 0) found.push(path);
  }
  return found;
}

/** Folders of actors, and the home, where nothing was kept in them. */
function removeEmpty(home: string, entries: readonly HomeEntry[]): void {
  const folders = new Set([home, ...entries.map(({ path }) => dirname(path))]);
  for (const folder of [...folders].sort((a, b) => b.length - a.length)) {
    if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  }
}
