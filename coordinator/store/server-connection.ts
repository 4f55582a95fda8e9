/** Connections to a PostgreSQL server: how long each may wait, what its values are, and what its failures mean. */
import pg from 'pg';
import { TributaryError } from '#crypto/error.ts';
import { wholeNumber } from './database.ts';
import { storageError } from './files.ts';

/** A server that is away is found out within so long; whoever asked is answered 503 then. */
const CONNECT_MILLIS = 5_000;
const STATEMENT_MILLIS = 30_000;
const LOCK_MILLIS = 10_000;
/** A coordinator that stands still in a transaction must not keep the others from its job. */
const IDLE_IN_TRANSACTION_MILLIS = 15_000;
/** Of a server that says nothing at all, its own limits included. */
const SILENCE_MILLIS = STATEMENT_MILLIS + 5_000;
const KEEP_ALIVE_MILLIS = 10_000;

const { INT8, BYTEA } = pg.types.builtins;

/** The one place where its values differ from the embedded engine's. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid, format) {
    const known = pg.types.getTypeParser(oid, format) as (value: string) => unknown;
    if (oid === INT8) return wholeNumber;
    if (oid === BYTEA) return (value: string) => new Uint8Array(known(value) as Buffer);
    return known;
  },
};

/**
 * @param name under which the server lists these connections
 * @throws TributaryError `database/bad-url`; what the URL says is in no message, for a password may stand in it
 */
export function connectionOptions(url: string, name: string): pg.PoolConfig {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'postgres:' && parsed?.protocol !== 'postgresql:') {
    throw new TributaryError(
      'database/bad-url',
      'the database is given as postgres://USER:PASSWORD@HOST:PORT/NAME, and other signs than letters and digits as %XX',
    );
  }
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: CONNECT_MILLIS,
    statement_timeout: STATEMENT_MILLIS,
    lock_timeout: LOCK_MILLIS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MILLIS,
    query_timeout: SILENCE_MILLIS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MILLIS,
    types,
  };
}

/** By SQLSTATE: refused as whom or what the URL names. */
const refused: ReadonlySet<string> = new Set(['28000', '28P01', '3D000', '42501']);
/** A certificate that is not the server's, or nobody's that is trusted. */
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/;
const untrustedWords = /does not support SSL/;
/** The server goes down, comes up, is full of connections, or gave up on this statement, which may be sent again. */
const passing =
  /^(08...|53300|57P0[1-5]|57014|55P03|40001|40P01|25P0[34]|ECONN\w+|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)$/;
/** What the client library says in words alone. */
const passingWords =
  /terminated|timeout|not queryable|connection error|closed the connection|cannot be used/i;
const DISK_FULL = '53100';

/** What a failure of the server means; our own errors, and those of a statement, stay as they are. */
export function serverError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TributaryError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === DISK_FULL) return storageError(Object.assign(new Error(error.message), { code: 'ENOSPC' }));
  if ('syscall' in error && error.syscall === 'open') {
    return new TributaryError(
      'database/bad-url',
      `the database's URL names a file that can not be read (${code})`,
      {
        cause: error,
      },
    );
  }
  if (untrusted.test(code) || untrustedWords.test(error.message)) {
    return new TributaryError(
      'database/refused',
      "the connection to the PostgreSQL server is not as safe as the URL's sslmode asks for",
      { cause: error },
    );
  }
  if (refused.has(code)) {
    return new TributaryError(
      'database/refused',
      `the PostgreSQL server refuses this user or database (SQLSTATE ${code})`,
      { cause: error },
    );
  }
  const words = code === '' && passingWords.test(error.message);
  if (!passing.test(code) && !words) return error;
  return new TributaryError(
    'database/unreachable',
    'the database gives no answer now; send the same again in a moment',
    { cause: error },
  );
}
