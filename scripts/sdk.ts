/** Writes dist/, which the package's `exports` name: before it is packed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSdk } from './sdk/build.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
await buildSdk(root, dist);
