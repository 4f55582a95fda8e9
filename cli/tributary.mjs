#!/usr/bin/env node
// The command that users type. TypeScript is loaded by tsx; Node 22.18 and later could do without.
import { existsSync } from 'node:fs';

// A fresh clone has neither packages nor compiled contracts yet.
const missing = ['../node_modules/tsx', '../contracts/artifacts'].some(
  (path) => !existsSync(new URL(path, import.meta.url)),
);
if (missing && existsSync(new URL('../package-lock.json', import.meta.url))) {
  const { setUp } = await import('./set-up.mjs');
  await setUp();
}

const { register } = await import('tsx/esm/api');
register();
await import('./main.ts');
