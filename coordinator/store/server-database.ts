/** A PostgreSQL server as the coordinator's database: a bounded pool, and connections that stand alone. */
import pg from 'pg';
import { TributaryError } from '#crypto/error.ts';
import type { Database, Query, Transaction } from './database.ts';
import { migrate } from './migrations.ts';
import { connectionOptions, serverError } from './server-connection.ts';

export type ServerDatabase = Database &
  Readonly<{
    /** One of its own, for what lasts as long as it does: locks of a session, and notifications. */
    connect(): Promise<pg.Client>;
  }>;

const CONNECTIONS = 10;
/** It ends sessions that say nothing. */
const OLDEST_SERVER = 14;
/** A connection that stands alone is asked every second: what it holds is lost when it says nothing for so long. */
const STANDING_SILENCE_MILLIS = 5_000;

/**
 * @param url `postgres://…`; TLS by its `sslmode` and `sslrootcert`
 * @param name under which the server lists this coordinator's connections
 * @param migrating false for who only reads what another version may be at work with
 * @param patient for who reads or writes all of it at once: a statement may take as long as it takes
 * @throws TributaryError `database/bad-url`, `database/unreachable`, `database/refused`, `database/unsuitable`,
 *   `database/newer`
 */
export async function openServer(
  url: string,
  name = 'tributary',
  { migrating = true, patient = false }: Readonly<{ migrating?: boolean; patient?: boolean }> = {},
): Promise<ServerDatabase> {
  const options = connectionOptions(url, name);
  await prepare(options, migrating);
  const waiting = patient ? { statement_timeout: 0, query_timeout: 0 } : {};
  const pool = new pg.Pool({ ...options, ...waiting, max: CONNECTIONS });
  // Of a connection that nobody uses: the next who asks gets another, or is told.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    engine: 'postgresql',
    commit: (work) => coded(() => pooled(pool, work)),
    // A server's commit is on its disk; one that failed on the way is looked for in the rows.
    flush: () => Promise.resolve(),
    query: (sql, parameters = []) => coded(async () => (await pool.query<never>(sql, [...parameters])).rows),
    connect: () => coded(() => connected({ ...options, query_timeout: STANDING_SILENCE_MILLIS })),
    close: () => pool.end(),
  };
}

/** Whether it can be trusted, writing nothing. @returns its version. @throws TributaryError as `openServer` */
export async function lookAtServer(url: string): Promise<number> {
  const options = connectionOptions(url, 'tributary doctor');
  return coded(async () => {
    const client = await connected(options);
    try {
      return await assertSuitable(queryOn(client));
    } finally {
      await client.end();
    }
  });
}

/** Looks at the server and migrates, however long that takes. */
async function prepare(options: pg.PoolConfig, migrating: boolean): Promise<void> {
  await coded(async () => {
    const patient = { statement_timeout: 0, lock_timeout: 0, query_timeout: 0 };
    const client = await connected({ ...options, ...patient });
    try {
      await assertSuitable(queryOn(client));
      if (migrating) await migrate((work) => inTransaction(client, work));
    } finally {
      await client.end();
    }
  });
}

async function connected(options: pg.PoolConfig): Promise<pg.Client> {
  const client = new pg.Client(options);
  // Else one that is lost while nobody asks it anything would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

type Standing = Readonly<{
  version: number;
  encoding: string;
  fsync: string;
  synchronous: string;
  standby: boolean;
}>;

/** @returns its version. @throws TributaryError `database/unsuitable` */
async function assertSuitable(query: Query): Promise<number> {
  const [found] = await query<Standing>(
    `select current_setting('server_version_num')::int / 10000 as version,
       current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as synchronous, pg_is_in_recovery() as standby`,
  );
  const why = found && unsuitable(found);
  if (why) throw new TributaryError('database/unsuitable', why);
  return found?.version ?? 0;
}

/** Null for one that keeps what was acknowledged. */
function unsuitable({ version, encoding, fsync, synchronous, standby }: Standing): string | null {
  if (version < OLDEST_SERVER)
    return `the server is PostgreSQL ${version}: ${OLDEST_SERVER} or later is needed`;
  if (encoding !== 'UTF8') return `the database is encoded in ${encoding}: make one in UTF8`;
  if (standby) return 'the server is a standby that takes no writes: name the primary';
  if (fsync === 'off' || synchronous === 'off')
    return 'the server acknowledges what is not on its disk: set fsync and synchronous_commit to on';
  return null;
}

async function pooled<T>(pool: pg.Pool, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await inTransaction(client, work);
  } catch (error) {
    // After a refusal of our own it is as good as before; after anything else another is made.
    broken = !(error instanceof TributaryError);
    throw error;
  } finally {
    client.release(broken);
  }
}

async function inTransaction<T>(
  client: pg.ClientBase,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  await client.query('begin');
  try {
    const query = queryOn(client);
    const result = await work({ query, exec: async (sql) => void (await client.query(sql)) });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

const queryOn =
  (client: pg.ClientBase): Query =>
  async (sql, parameters = []) =>
    (await client.query<never>(sql, [...parameters])).rows;

async function coded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw serverError(error);
  }
}
