/** Opens the embedded database of a folder, alone, and makes its commits durable. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { TributaryError } from '#crypto/error.ts';
import { takeLock, type Lock } from '#datasets/folder-lock.ts';
import { disk, storageError, writeDurably } from './files.ts';
import { migrate } from './migrations.ts';
import { logSync, type SyncLog } from './write-ahead-log.ts';

export type Database = Readonly<{
  /** Runs in one transaction; on disk when it resolves. @throws TributaryError `storage/full` */
  commit(work: (transaction: Transaction) => Promise<void>): Promise<void>;
  /** Makes durable what a failed `commit` may have left behind. */
  flush(): Promise<void>;
  query<Row>(sql: string, parameters: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}>;

export type DatabaseOptions = Readonly<{
  folder: string;
  /** A file that holds a freshly made data directory, written when missing: a first open takes seconds without. */
  prepared?: string | undefined;
  sync?: SyncLog;
}>;

/** @throws TributaryError `database/locked`, `database/newer` */
export async function openDatabase({
  folder,
  prepared,
  sync = logSync(),
}: DatabaseOptions): Promise<Database> {
  const file = join(folder, 'database.lock');
  const lock = await takeLock(file, (pid) => inUse(file, pid));
  const data = join(folder, 'database');
  let database: PGlite | null = null;
  try {
    database = await openData(data, prepared);
    await migrate(database);
    await sync(data);
    return opened(database, lock, () => sync(data));
  } catch (error) {
    await database?.close();
    await lock.release();
    throw error;
  }
}

function opened(database: PGlite, lock: Lock, flush: () => Promise<void>): Database {
  return {
    async commit(work) {
      try {
        await database.transaction(work);
        await flush();
      } catch (error) {
        throw storageError(error);
      }
    },
    flush,
    query: async <Row>(sql: string, parameters: unknown[]) =>
      (await database.query<Row>(sql, parameters)).rows,
    async close() {
      await database.close();
      await lock.release();
    },
  };
}

/** `PG_VERSION` is there from the start; our mark only once the directory was whole. */
async function openData(data: string, prepared: string | undefined): Promise<PGlite> {
  const whole = `${data}.made`;
  if (existsSync(whole)) return PGlite.create(data);
  // A process that died while it made the directory left half of one.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const database = await makeData(data, prepared);
  await writeDurably(disk, whole, []);
  return database;
}

async function makeData(data: string, prepared: string | undefined): Promise<PGlite> {
  if (prepared === undefined) return PGlite.create(data);
  if (existsSync(prepared)) return PGlite.create(data, { loadDataDir: new Blob([await readFile(prepared)]) });
  const database = await PGlite.create(data);
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
