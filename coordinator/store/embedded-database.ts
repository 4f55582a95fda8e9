/** Opens the embedded database of a folder, alone, and makes its commits durable. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, types, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import { TributaryError } from '#crypto/error.ts';
import { takeLock, type Lock } from '#datasets/folder-lock.ts';
import { wholeNumber, type Database, type Transaction } from './database.ts';
import { disk, storageError, writeDurably } from './files.ts';
import { migrate } from './migrations.ts';
import { logSync, type SyncLog } from './write-ahead-log.ts';

export type EmbeddedOptions = Readonly<{
  folder: string;
  /** A file that holds a freshly made data directory, written when missing: a first open takes seconds without. */
  prepared?: string | undefined;
  sync?: SyncLog;
  /** False for who only reads. */
  migrating?: boolean;
}>;

/** @throws TributaryError `database/locked`, `database/newer` */
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
    database = await openData(data, prepared);
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

/** Whether a folder has one. */
export const hasEmbedded = (folder: string): boolean => existsSync(join(folder, 'database.made'));

/** `PG_VERSION` is there from the start; our mark only once the directory was whole. */
async function openData(data: string, prepared: string | undefined): Promise<PGlite> {
  const whole = `${data}.made`;
  if (existsSync(whole)) return PGlite.create(data, { parsers });
  // A process that died while it made the directory left half of one.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const database = await makeData(data, prepared);
  await writeDurably(disk, whole, []);
  return database;
}

async function makeData(data: string, prepared: string | undefined): Promise<PGlite> {
  if (prepared === undefined) return PGlite.create(data, { parsers });
  if (existsSync(prepared))
    return PGlite.create(data, { parsers, loadDataDir: new Blob([await readFile(prepared)]) });
  const database = await PGlite.create(data, { parsers });
  const dump = await database.dumpDataDir('none');
  await writeDurably(disk, prepared, [new Uint8Array(await dump.arrayBuffer())]);
  return database;
}

const inUse = (file: string, pid: number) =>
  new TributaryError(
    'database/locked',
    `process ${pid} uses the database beside ${file}: stop that coordinator, or choose another home; if that ` +
      'process is no coordinator, delete the file',
  );
