/** Answers to requests that may come again, by their Idempotency-Key: kept for a day. docs/api.md */
import type { Address, Seconds } from '#protocol/units.ts';
import type { Database, Transaction } from './database.ts';

/** Whose request it is, to which operation, and under which key. */
export type RequestName = Readonly<{ subject: Address; operation: string; key: string }>;
/** `digest` is that of the body. */
export type Repeatable = RequestName & Readonly<{ digest: Uint8Array; answer: unknown }>;
/** The answer as text: its fields keep their order. */
type Row = Readonly<{ digest: Uint8Array; answer: string }>;

export async function findRepeated(
  database: Pick<Database, 'query'>,
  { subject, operation, key }: RequestName,
  now: Seconds,
): Promise<Repeatable | null> {
  const [row] = await database.query<Row>(
    `select digest, answer from repeated_requests
     where subject = $1 and operation = $2 and key = $3 and expires_at >= $4`,
    [subject, operation, key, now],
  );
  if (!row) return null;
  const answer: unknown = JSON.parse(row.answer);
  return { subject, operation, key, digest: Uint8Array.from(row.digest), answer };
}

/** @returns whether nobody was quicker: with another's answer in its place nothing is written */
export async function keepRepeated(
  transaction: Transaction,
  { subject, operation, key, digest, answer }: Repeatable,
  now: Seconds,
  expiresAt: Seconds,
): Promise<boolean> {
  await transaction.query('delete from repeated_requests where expires_at < $1', [now]);
  const rows = await transaction.query(
    `insert into repeated_requests (subject, operation, key, digest, answer, expires_at) values ($1, $2, $3, $4, $5, $6)
     on conflict do nothing returning key`,
    [subject, operation, key, digest, JSON.stringify(answer), expiresAt],
  );
  return rows.length === 1;
}
