/** Puts a backup's rows into tables of its own step, reads them back, and brings them up to date: one transaction. */
import { join } from 'node:path';
import type { Transaction } from '../store/database.ts';
import { migrate } from '../store/migrations.ts';
import { encoded, linesOfTable, steady } from './dump.ts';
import { tableFile, type Manifest } from './format.ts';
import { damaged, linesOf, metered, sameDigest } from './hashed-file.ts';
import { allTables, quoted, tablesOf, type Table } from './tables.ts';

/** Of one statement; a single row may be more. */
const BATCH_BYTES = 1024 * 1024;

/**
 * All tables of the schema give way to the backup's.
 *
 * @throws TributaryError `backup/damaged` where the database does not take them, or gives back other rows than were given
 */
export async function loadRows(
  transaction: Transaction,
  folder: string,
  { step, tables }: Pick<Manifest, 'step' | 'tables'>,
  progress: (text: string) => void,
): Promise<void> {
  const { query, exec } = transaction;
  await exec('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
  const old = await allTables(query);
  if (old.length > 0) await exec(`drop table ${old.map(quoted).join(', ')} cascade`);
  // The caller's transaction is the one that counts.
  const within: Parameters<typeof migrate>[0] = (work) => work(transaction);
  await migrate(within, step);
  await steady(transaction);
  const made = await tablesOf(query);
  assertSameTables(made, tables);
  // Some steps begin a table with a row of their own.
  await exec(`truncate ${made.map(({ name }) => quoted(name)).join(', ')} cascade`);
  for (const { table, rows, ...digest } of tables) {
    const known = made.find(({ name }) => name === table);
    if (!known) throw damaged(`there is no table ${table} at step ${step}`);
    await insertAll(transaction, table, join(folder, tableFile(table)));
    const meter = metered(encoded(linesOfTable(transaction, known), () => undefined));
    for await (const piece of meter.pieces) void piece;
    if (!sameDigest(meter.digest(), digest))
      throw damaged(`the rows of ${table} are other ones once they are in a database`);
    for (const column of known.counters) await setCounter(transaction, table, column);
    progress(`${table}: ${rows} rows`);
  }
  await migrate(within);
}

function assertSameTables(made: readonly Table[], { length }: Manifest['tables']): void {
  if (made.length !== length)
    throw damaged(`the backup has ${length} tables, a database of its step has ${made.length}`);
}

async function insertAll({ query }: Transaction, table: string, path: string): Promise<void> {
  const sql = `insert into ${quoted(table)} overriding system value
    select * from json_populate_recordset(null::${quoted(table)}, $1::json)`;
  let batch: string[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    await query(sql, [`[${batch.join(',')}]`]);
    [batch, bytes] = [[], 0];
  };
  try {
    for await (const line of linesOf(path)) {
      batch.push(line);
      bytes += line.length;
      if (bytes >= BATCH_BYTES) await flush();
    }
    await flush();
  } catch (error) {
    throw isSqlState(error) ? damaged(`the database does not take the rows of ${table}`, error) : error;
  }
}

/** A value that no column takes, or that breaks a rule of its table: classes 22 and 23. */
const isSqlState = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^2[23]...$/.test(String(error.code));

const setCounter = ({ query }: Transaction, table: string, column: string): Promise<unknown> =>
  query(
    `select setval(pg_get_serial_sequence($1, $2), coalesce(max(${quoted(column)}), 0) + 1, false) from ${quoted(table)}`,
    [quoted(table), column],
  );
