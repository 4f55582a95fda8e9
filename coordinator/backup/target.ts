/** Whether a backup may be restored into a database and its place for blobs. */
import { TributaryError } from '#crypto/error.ts';
import { attemptName, type Blobs } from '../blobs/blobs.ts';
import type { Database } from '../store/database.ts';
import { kinds, type Kind } from './format.ts';
import { allTables, ownRows, quoted } from './tables.ts';

type Target = Readonly<{
  database: Pick<Database, 'engine' | 'query'>;
  blobs: Pick<Blobs, Kind | 'where'>;
  replace: boolean;
  /** The attempts whose blobs the backup has, by name: an earlier try may have brought them. Null: blobs are not looked at. */
  wanted: Readonly<Record<Kind, ReadonlySet<string>>> | null;
}>;

/** @throws TributaryError `backup/in-use`, `backup/not-empty` */
export async function assertEmpty({ database, blobs, replace, wanted }: Target): Promise<void> {
  await assertUnused(database);
  if (replace) return;
  for (const table of await allTables(database.query)) {
    if (table === 'migrations') continue;
    const rows = await database.query(`select 1 from ${quoted(table)} where not (${ownRows(table)}) limit 1`);
    if (rows.length > 0) throw notEmpty(`the database has rows in ${table}`);
  }
  if (wanted === null) return;
  for (const kind of kinds) {
    for (const id of await blobs[kind].attempts()) {
      if (wanted[kind].has(attemptName(id)) || (await blobs[kind].names(id)).length === 0) continue;
      throw notEmpty(`${blobs.where} has ${kind} of attempt ${attemptName(id)}`);
    }
  }
}

/** A coordinator that runs would go on with rows that are not there any more. */
async function assertUnused({ engine, query }: Target['database']): Promise<void> {
  if (engine === 'embedded') return;
  const [other] = await query<{ name: string }>(
    `select application_name as name from pg_stat_activity where datname = current_database()
     and application_name like 'tributary %' and application_name <> current_setting('application_name')`,
  );
  if (!other) return;
  throw new TributaryError('backup/in-use', `"${other.name}" is connected to the database: stop it first`);
}

const notEmpty = (why: string): TributaryError =>
  new TributaryError(
    'backup/not-empty',
    `${why}: name an empty one, or give --replace to lose what is there`,
  );
