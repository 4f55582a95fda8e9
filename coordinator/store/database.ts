/**
 * The coordinator's database, whichever engine is behind it: PostgreSQL's SQL, the same statements and migrations. The
 * embedded one is embedded-database.ts, a server's is server-database.ts.
 */

/** Numbers of 64 bits come as numbers, bytes as `Uint8Array`, JSON as what it says. */
export type Query = <Row>(sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

export type Transaction = Readonly<{
  query: Query;
  /** Runs statements without parameters, several at once. */
  exec(sql: string): Promise<void>;
}>;

export type Engine = 'embedded' | 'postgresql';

export type Database = Readonly<{
  engine: Engine;
  /**
   * Runs in one transaction; on disk when it resolves. What the work throws undoes it.
   *
   * @throws TributaryError `storage/full`; of a server `database/unreachable`, and then it may have been done or not
   */
  commit<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Makes durable what a failed `commit` may have left behind. */
  flush(): Promise<void>;
  query: Query;
  close(): Promise<void>;
}>;

/** A number of 64 bits. No id or count of ours is ever beyond what a JavaScript number holds. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} in the database is no number of ours`);
  return value;
}
