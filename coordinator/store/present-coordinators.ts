/** How many coordinators a server has: each names its connections by its instance (open-store.ts). docs/postgresql.md */
import type { Query } from './database.ts';

const counted = `select count(distinct application_name)::int as count from pg_stat_activity
  where datname = current_database() and application_name ~ '^tributary [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`;

/** Of a database that several have schemas in, all of them: too many rather than too few. @throws TributaryError `database/unreachable` */
export async function coordinatorsOn(query: Query): Promise<number> {
  const [row] = await query<{ count: number }>(counted);
  return Math.max(1, row?.count ?? 1);
}
