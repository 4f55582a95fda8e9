#!/usr/bin/env node
// The two commands' first step, in plain Node: see that packages and compiled contracts are here, then run.
// usage: node scripts/run.mjs <file.ts> [arguments]
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from '../cli/set-up.mjs';

const [target, ...rest] = process.argv.slice(2);
if (!target) {
  process.stderr.write('usage: node scripts/run.mjs <file.ts> [arguments]\n');
  process.exit(2);
}
await setUp();
const file = join(fileURLToPath(new URL('..', import.meta.url)), target);
const child = spawn(process.execPath, ['--import', 'tsx', file, ...rest], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 130 : 1)));
