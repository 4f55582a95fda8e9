/**
 * Where a freshly made database is kept for the next one: making it takes seconds, copying it one. Beside the compiled
 * command, for all homes of this installation; in the home itself where nothing can be written there.
 */
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

export function preparedDatabase(home: string): string {
  const cache = join(root, '.cache');
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
    return join(cache, `pglite-${databaseVersion()}`);
  } catch {
    return join(home, 'prepared-database');
  }
}

/** Of the embedded database: it is pinned, and its files are its version's own. */
function databaseVersion(): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<{
    dependencies: Readonly<Record<string, string>>;
  }>;
  return dependencies['@electric-sql/pglite'] ?? 'unknown';
}
