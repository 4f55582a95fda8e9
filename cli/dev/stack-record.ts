/**
 * `stack.json`: where `tributary dev` runs, so that commands on the same home, or on an actor's home inside it, find
 * the stack by themselves.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { address } from '#protocol/units.ts';

const stackSchema = z.object({
  rpc: z.url(),
  ipfs: z.url(),
  /** Path of the deployment record. */
  deployment: z.string(),
  coordinator: z.object({ url: z.url(), address }),
});

export type StackRecord = Readonly<z.infer<typeof stackSchema>>;

const fileOf = (home: string): string => join(home, 'stack.json');

export function writeStackRecord(home: string, record: StackRecord): void {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  writeFileSync(fileOf(home), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fileOf(home), 0o600);
}

export function forgetStackRecord(home: string): void {
  rmSync(fileOf(home), { force: true });
}

/** The stack of a home, or of the folder that the home is in; null where neither has one. */
export function findStackRecord(home: string): StackRecord | null {
  for (const folder of [home, dirname(home)]) {
    const found = readStackRecord(folder);
    if (found !== null) return found;
  }
  return null;
}

/** Null too for a damaged record, which the next `dev` writes anew, and for one that another user could have put there. */
export function readStackRecord(folder: string): StackRecord | null {
  const file = fileOf(folder);
  if (!existsSync(file) || !isOursAlone(folder)) return null;
  try {
    return stackSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** A home may lie in a folder where everybody writes, such as /tmp: a stack named there may be anybody's. */
function isOursAlone(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  const ours = process.getuid === undefined || uid === process.getuid();
  return ours && (mode & 0o002) === 0;
}
