/** What Tributary puts into a home, by name, and what of it can't be made again. */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** `precious`: keys, and the decisions and records without which a key is unsafe or useless. */
export type EntryKind = 'precious' | 'state' | 'unknown';
export type HomeEntry = Readonly<{ path: string; kind: EntryKind }>;

const keystores = /^(owner|operator|buyer|coordinator|arbiter|admin|deployer)(-[\w.-]+)?\.json$/;
/** The salt opens the commitment to the rows; journal, launches and approvals keep a key from signing twice. */
const besideKeys = new Set(['salt', 'dataset.json', 'client', 'launches', 'approvals']);
const state = new Set([
  ...[
    'tributary.yaml',
    'deployment.json',
    'stack.json',
    'dev',
    'logs',
    'ipfs',
    'coordinator',
    'arbiter',
    'evidence',
    'postings',
  ],
  // The last one is an earlier version's.
  ...['chain-state.json', 'prepared-database', 'prepared-database.tar'],
]);
const DEPTH = 3;

/** Keystores directly in a folder. */
export const keystoresIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => keystores.test(name))
    .map((name) => join(folder, name));

/** All that is in a home and in the homes of actors inside it; one that is neither is `unknown`. */
export function homeEntries(home: string, depth = DEPTH): HomeEntry[] {
  return namesIn(home).flatMap((name): HomeEntry[] => {
    const path = join(home, name);
    if (depth > 0 && isActorHome(path)) return homeEntries(path, depth - 1);
    return [{ path, kind: kindOf(name) }];
  });
}

/** A folder that Tributary made or uses: there is something of its own in it, or nothing at all. */
export function isHome(folder: string): boolean {
  const names = namesIn(folder);
  return names.length === 0 || homeEntries(folder).some(({ kind }) => kind !== 'unknown');
}

function kindOf(name: string): EntryKind {
  if (keystores.test(name) || besideKeys.has(name)) return 'precious';
  return state.has(name) ? 'state' : 'unknown';
}

/** Told by its keys or its settings, for a coordinator's folder of the same name holds neither. */
function isActorHome(path: string): boolean {
  if (!lstatSync(path).isDirectory()) return false;
  const own = namesIn(path);
  return own.some((name) => keystores.test(name)) || own.some((name) => isMark(name));
}

const isMark = (name: string): boolean => ['salt', 'dataset.json', 'tributary.yaml'].includes(name);

const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
