/** Copies of our own modules in which one check is switched off, beside the ones that are whole. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { switchOff, type Passing } from './switch-off.ts';

/** A check by the code of its refusal; or by a passage of a file, which must stand there once. */
export type Check =
  Readonly<{ code: string; passing: Passing }> | Readonly<{ file: string; passage: string; put: string }>;

export const skipping = (code: string): Check => ({ code, passing: 'skip' });
export const accepting = (code: string): Check => ({ code, passing: 'accept' });

const house = fileURLToPath(new URL('../../', import.meta.url));
const rooms = ['crypto', 'protocol', 'contracts', 'datasets', 'model', 'client', 'coordinator'];
let sources: ReadonlyMap<string, string> | undefined;
let hooked = false;
let root: string | undefined;
const loaded = new Map<string, Promise<unknown>>();

/**
 * A module of our own, loaded anew with everything of ours below it, without these checks; as it is without any.
 *
 * @param path from the house's root
 * @throws where a check is not found: a twin whose check is on would prove nothing
 */
export function weakened(path: string, checks: readonly Check[]): Promise<unknown> {
  const name = JSON.stringify([path, checks]);
  const known = loaded.get(name) ?? (checks.length === 0 ? import(`../../${path}`) : load(path, checks));
  loaded.set(name, known);
  return known;
}

async function load(path: string, checks: readonly Check[]): Promise<unknown> {
  if (!hooked) register('./weakened-hook.mjs', import.meta.url);
  hooked = true;
  const folder = mkdtempSync(join((root ??= newRoot()), 'copy-'));
  for (const [file, source] of without(checks)) {
    const target = join(folder, `${file}.js`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' }).code);
  }
  const url = new URL(path, `file://${house}`);
  url.searchParams.set('weakened', folder);
  return import(url.href);
}

/** Of all copies, until the process ends. */
function newRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-weakened-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The files that change, as TypeScript. */
function without(checks: readonly Check[]): Map<string, string> {
  const all = (sources ??= readSources());
  const changed = new Map<string, string>();
  for (const check of checks) {
    let found = 0;
    for (const [file, source] of all) {
      const cut = cutFrom(file, changed.get(file) ?? source, check);
      if (cut === null) continue;
      changed.set(file, cut);
      found += 1;
    }
    if (found === 0) throw new Error(`there is no check to switch off: ${JSON.stringify(check)}`);
  }
  return changed;
}

function cutFrom(file: string, source: string, check: Check): string | null {
  if ('code' in check) return switchOff(source, check.code, check.passing);
  if (file !== check.file) return null;
  const parts = source.split(check.passage);
  if (parts.length !== 2) throw new Error(`${file} has the passage ${parts.length - 1} times`);
  return parts.join(check.put);
}

function readSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const room of rooms) {
    for (const name of readdirSync(join(house, room), { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.ts')) found.set(`${room}/${name}`, readFileSync(join(house, room, name), 'utf8'));
    }
  }
  return found;
}
