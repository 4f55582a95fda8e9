/** `tributary/sdk` as JavaScript in one file, for whoever runs no TypeScript; packages stay packages. docs/decisions/0023 */
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeDeclarations } from './declarations.ts';

const ENTRY = 'protocol/sdk.ts';

/** @param dist where `sdk.js` and the folder `types` go */
export async function buildSdk(root: string, dist: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { sdk: ENTRY },
    outdir: dist,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    packages: 'external',
    legalComments: 'none',
    logLevel: 'error',
  });
  writeDeclarations(root, ENTRY, join(dist, 'types'));
}
