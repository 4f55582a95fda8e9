/** The embedded database of a folder, opened when it is first asked: most tests of the service never ask. */
import type { Database } from '#coordinator/store/database.ts';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { preparedDatabase } from './folder.ts';

export type LazyDatabase = Pick<Database, 'commit' | 'query' | 'close'>;

export function lazyDatabase(folder: string): LazyDatabase {
  let opened: Promise<Database> | null = null;
  const open = () => (opened ??= openEmbedded({ folder, prepared: preparedDatabase() }));
  return {
    commit: async (work) => (await open()).commit(work),
    query: async (sql, parameters) => (await open()).query(sql, parameters),
    close: async () => (await opened)?.close(),
  };
}
