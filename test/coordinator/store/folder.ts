/** Folders of a test, and the prepared database that makes opening one quick. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'tributary-coordinator-'));
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Made once for a version of the embedded database, beside what else is cached. */
export async function preparedDatabase(): Promise<string> {
  const text = await readFile(join(root, 'node_modules/@electric-sql/pglite/package.json'), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return join(root, '.cache', `pglite-${version}.tar`);
}
