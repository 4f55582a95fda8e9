#!/usr/bin/env node
// The command that users type: sees that it can run, then runs what is compiled of it, or its sources by tsx.
import { existsSync } from 'node:fs';
import { compiledEntry } from './compiled.mjs';

// A fresh clone has neither packages nor compiled contracts yet.
const missing = ['../node_modules/tsx', '../contracts/artifacts'].some(
  (path) => !existsSync(new URL(path, import.meta.url)),
);
if (missing && existsSync(new URL('../package-lock.json', import.meta.url))) {
  const { setUp } = await import('./set-up.mjs');
  await setUp();
}

const entry = await compiledEntry();
if (entry === null) {
  const { register } = await import('tsx/esm/api');
  register();
}
await import(entry ?? './main.ts');
