/** Rows as lines of JSON, as PostgreSQL itself writes them: the same rows give the same lines on either engine. */
import type { Transaction } from '../store/database.ts';
import { conditionOf, quoted, type Table } from './tables.ts';

/** Rows that are in memory at a time. */
const BATCH = 100;

/** To be called first in a transaction: all that is read in it is of one moment, however long it takes. */
export async function beginSnapshot({ exec }: Transaction): Promise<void> {
  await exec('set transaction isolation level repeatable read, read only');
  await steady({ exec });
  await exec('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
}

/** Values are spelled in one way, whatever the server's settings are. */
export const steady = ({ exec }: Pick<Transaction, 'exec'>): Promise<void> =>
  exec("set local timezone = 'UTC'; set local bytea_output = 'hex'; set local extra_float_digits = 1");

/** A table's rows by their primary key, one a line. */
export async function* linesOfTable(
  { query, exec }: Transaction,
  { name, key }: Table,
): AsyncGenerator<string, void, undefined> {
  const order = key.length > 0 ? `order by ${key.join(', ')}` : '';
  await exec(
    `declare dump no scroll cursor for select row_to_json(t)::text as line
     from ${quoted(name)} as t where ${conditionOf(name)} ${order}`,
  );
  for (;;) {
    const rows = await query<{ line: string }>(`fetch ${BATCH} from dump`);
    for (const { line } of rows) yield line;
    if (rows.length < BATCH) break;
  }
  await exec('close dump');
}

/** As the bytes of a file. */
export async function* encoded(
  lines: AsyncIterable<string>,
  count: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  for await (const line of lines) {
    count();
    yield encoder.encode(`${line}\n`);
  }
}
