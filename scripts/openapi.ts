/**
 * Writes docs/openapi.json from the operations. With `--check` it writes nothing, and fails where the committed copy is stale, or
 * where something breaks against the copy that this branch began with. `--against FILE`: the same against any older document.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { documentOf } from '#coordinator/http/document/document.ts';
import type { Document } from '#coordinator/http/document/openapi.ts';
import { committedAtBase } from './openapi/base.ts';
import { breachText } from './openapi/breach.ts';
import { breachesOf, isNewMajor } from './openapi/breaches.ts';

const root = join(import.meta.dirname, '..');
const path = join(root, 'docs', 'openapi.json');
const { values } = parseArgs({ options: { check: { type: 'boolean' }, against: { type: 'string' } } });

const text = `${JSON.stringify(documentOf(), null, 2)}\n`;
const older = values.against === undefined ? null : readFileSync(values.against, 'utf8');
if (older !== null) compareWith(older, values.against ?? '');
else if (values.check) check();
else writeFileSync(path, text);

function check(): void {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
    console.error('docs/openapi.json is stale: run "node --import tsx scripts/openapi.ts"');
    process.exitCode = 1;
  }
  const base = committedAtBase(root, 'docs/openapi.json');
  if (base !== null) compareWith(base, 'the copy of the git base');
}

function compareWith(before: string, name: string): void {
  const documents = { old: JSON.parse(before) as Document, new: JSON.parse(text) as Document };
  const breaches = breachesOf(documents);
  const allowed = isNewMajor(documents);
  for (const one of breaches) console.error(breachText(one));
  const verdict = allowed ? 'allowed by the new major version' : 'raise the major version, or keep them';
  const counted = `breaking changes against ${name}: ${breaches.length}`;
  console.log(breaches.length === 0 ? counted : `${counted}; ${verdict}`);
  if (breaches.length > 0 && !allowed) process.exitCode = 1;
}
