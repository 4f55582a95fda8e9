/** The tables of the coordinator's database as their own catalogue has them, and what a backup leaves out. */
import type { Query } from '../store/database.ts';

export type Table = Readonly<{
  name: string;
  /** Of the primary key, as an `order by` has them. */
  key: readonly string[];
  /** Columns that number themselves. */
  counters: readonly string[];
}>;

/**
 * What lives for minutes and opens doors is not carried over: sign-ins with their nonces and refresh tokens, and answers that are kept
 * to be repeated, in which new API keys stand. The migrations are a number of the manifest.
 */
const leftOut: ReadonlySet<string> = new Set([
  'migrations',
  'access_nonces',
  'access_nonce_key',
  'access_refreshes',
  'repeated_requests',
]);
const conditions: Readonly<Record<string, string>> = { access_grants: "kind = 'key'" };

/** What the migrations themselves put into a table, as a condition. */
export const ownRows = (table: string): string => (table === 'token_secrets' ? 'number = 0' : 'false');

export const conditionOf = (table: string): string => conditions[table] ?? 'true';

/** Each after those that it refers to. */
export async function tablesOf(query: Query): Promise<Table[]> {
  const names = await allTables(query);
  const references = await query<{ child: string; parent: string }>(
    `select child.relname::text as child, parent.relname::text as parent from pg_constraint
     join pg_class as child on child.oid = conrelid join pg_class as parent on parent.oid = confrelid
     where contype = 'f' and connamespace = current_schema()::regnamespace`,
  );
  const ordered: string[] = [];
  const visit = (name: string): void => {
    if (ordered.includes(name)) return;
    for (const { child, parent } of references) if (child === name && parent !== name) visit(parent);
    ordered.push(name);
  };
  names.forEach(visit);
  const kept = ordered.filter((name) => !leftOut.has(name));
  const tables: Table[] = [];
  for (const name of kept) tables.push(await tableOf(query, name));
  return tables;
}

/** All there are, whether they are kept or not. */
export async function allTables(query: Query): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `select tablename::text as name from pg_tables where schemaname = current_schema() order by 1`,
  );
  return rows.map(({ name }) => name);
}

type Column = Readonly<{ name: string; textual: boolean; place: number | null; identity: string }>;

async function tableOf(query: Query, name: string): Promise<Table> {
  const columns = await query<Column>(
    `select attname::text as name, typcategory = 'S' as textual, attidentity::text as identity,
       array_position(indkey::int2[], attnum) as place
     from pg_attribute join pg_type on pg_type.oid = atttypid
     left join pg_index on indrelid = attrelid and indisprimary
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by place, attnum`,
    [quoted(name)],
  );
  // Text is ordered by its bytes: engines and servers collate it each in their own way.
  const ordering = ({ name: column, textual }: Column) => quoted(column) + (textual ? ' collate "C"' : '');
  return {
    name,
    key: columns.filter(({ place }) => place !== null).map(ordering),
    counters: columns.filter(({ identity }) => identity !== '').map((column) => column.name),
  };
}

/** An identifier. https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
