/** What each caller used in a day, summed over all coordinators of the database. docs/operations.md */
import type { Database } from './database.ts';

/** Of a caller in a day. */
export type Used = Readonly<{ requests: number; bytes: number }>;

/** An operator looks back on a month. */
const KEPT_DAYS = 31;

/** In one order everywhere: coordinators that add at once wait for one another, and for nobody twice. */
const addAll = `insert into quota_days (day, holder, requests, bytes)
  select $1, * from unnest($2::text[], $3::bigint[], $4::bigint[]) as added (holder, requests, bytes) order by holder
  on conflict (day, holder) do update set requests = quota_days.requests + excluded.requests, bytes = quota_days.bytes + excluded.bytes
  returning holder, requests, bytes`;

export type QuotaRows = Readonly<{
  /**
   * Adds to a day, in one statement. What adds nothing is told all the same.
   *
   * @param day of UTC, since 1970-01-01. @returns what each of them has now
   */
  add(day: number, used: ReadonlyMap<string, Used>): Promise<Map<string, Used>>;
}>;

export function openQuotaRows(database: Pick<Database, 'commit'>): QuotaRows {
  let cleaned = 0;
  return {
    async add(day, used) {
      const holders = [...used.keys()].sort();
      const of = (what: keyof Used) => holders.map((holder) => used.get(holder)?.[what] ?? 0);
      type Row = Used & Readonly<{ holder: string }>;
      const rows = await database.commit(async (transaction) => {
        if (cleaned !== day)
          await transaction.query('delete from quota_days where day < $1', [day - KEPT_DAYS]);
        return transaction.query<Row>(addAll, [day, holders, of('requests'), of('bytes')]);
      });
      cleaned = day;
      return new Map(rows.map(({ holder, requests, bytes }) => [holder, { requests, bytes }]));
    },
  };
}
