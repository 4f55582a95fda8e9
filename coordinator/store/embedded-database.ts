/** Opens the embedded database of a folder, alone, and makes its commits durable. */
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { PGlite, types, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import { TributaryError } from '#crypto/error.ts';
import { takeLock, type Lock } from '#datasets/folder-lock.ts';
import { wholeNumber, type Database, type Transaction } from './database.ts';
import { ensureData, isMade } from './embedded-data.ts';
import { storageError } from './files.ts';
import { migrate } from './migrations.ts';
import { logSync, type SyncLog } from './write-ahead-log.ts';

export type EmbeddedOptions = Readonly<{
  folder: string;
  /** A freshly made data directory to copy, made when missing: a first open takes seconds without. */
  prepared?: string | undefined;
  sync?: SyncLog;
  /** False for who only reads. */
  migrating?: boolean;
}>;

/** @throws TributaryError `database/locked`, `database/newer`, `database/not-made` */
export async function openEmbedded({
  folder,
  prepared,
  sync = logSync(),
  migrating = true,
}: EmbeddedOptions): Promise<Database> {
  const file = join(folder, 'database.lock');
  const lock = await takeLock(file, (pid) => inUse(file, pid));
  const data = join(folder, 'database');
  let database: PGlite | null = null;
  try {
    await ensureData(data, prepared);
    for (const flag of compileLess) setFlagsFromString(flag);
    database = await PGlite.create(data, { parsers, startParams });
    const own = opened(database, lock, () => sync(data));
    if (migrating) await migrate(own.commit);
    return own;
  } catch (error) {
    await database?.close();
    await lock.release();
    throw error;
  }
}

function opened(database: PGlite, lock: Lock, flush: () => Promise<void>): Database {
  return {
    engine: 'embedded',
    async commit(work) {
      try {
        const result = await database.transaction((transaction) => work(transactionOf(transaction)));
        await flush();
        return result;
      } catch (error) {
        throw storageError(error);
      }
    },
    flush,
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await database.query<Row>(sql, [...parameters])).rows,
    async close() {
      await database.close();
      await lock.release();
    },
  };
}

const transactionOf = (transaction: PGliteTransaction): Transaction => ({
  query: async <Row>(sql: string, parameters: readonly unknown[] = []) =>
    (await transaction.query<Row>(sql, [...parameters])).rows,
  exec: async (sql) => void (await transaction.exec(sql)),
});

/** The one place where its values differ from a server's. */
const parsers = { [types.INT8]: wholeNumber };

/**
 * V8 optimises each function of PostgreSQL that ran a little, in four threads that keep what they took for that: 60 MB, and the first
 * second. Here only what runs a hundred times as much is worth it, one at a time. https://v8.dev/docs/wasm-compilation-pipeline
 */
const compileLess = ['--wasm-tiering-budget=200000000', '--wasm-num-compilation-tasks=1'];

/** PostgreSQL fills its buffers when it starts, 128 MB unless told: as much of the coordinator's memory, and the system caches the same files. */
const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=8MB'];

/** Whether a folder has one. */
export const hasEmbedded = (folder: string): boolean => isMade(join(folder, 'database'));

const inUse = (file: string, pid: number) =>
  new TributaryError(
    'database/locked',
    `process ${pid} uses the database beside ${file}: stop that coordinator, or choose another home; if that ` +
      'process is no coordinator, delete the file',
  );
