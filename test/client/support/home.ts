/** Homes for tests: temporary folders that are gone afterwards. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
const kept: string[] = [];

export function newHome(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-client-'));
  made.push(folder);
  return folder;
}

/** A copy of a home, journal and all. */
export function copyHome(home: string): string {
  const copy = newHome();
  cpSync(home, copy, { recursive: true });
  return copy;
}

/** Keeps a home for other tests, until the process ends. */
export function keepHome(home: string): void {
  made.splice(made.indexOf(home), 1);
  if (kept.push(home) === 1) process.once('exit', () => remove(kept));
}

export function removeHomes(): void {
  remove(made);
}

function remove(folders: string[]): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** All files below a folder, by their path in it. */
export function filesIn(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
}

/** Whether bytes stand in others: raw, or as hex or base64 text. */
export function contains(haystack: Uint8Array, needle: Uint8Array): boolean {
  const hay = Buffer.from(haystack);
  const bytes = Buffer.from(needle);
  const text = hay.toString('latin1');
  return (
    hay.includes(bytes) ||
    text.toLowerCase().includes(bytes.toString('hex')) ||
    [0, 1, 2].some((shift) => text.includes(base64Core(bytes, shift)))
  );
}

/** The characters that any base64 text holds in which these bytes start `shift` bytes into a group of three. */
function base64Core(bytes: Buffer, shift: number): string {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replaceAll('=', '');
  return padded.slice(shift === 0 ? 0 : 4, -2);
}
