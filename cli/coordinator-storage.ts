/**
 * Where a coordinator keeps what it must not lose: environment over tributary.yaml. The database's URL is on no command line, for
 * whoever is on the machine can read those, and a password stands in it.
 */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isUrl } from '#coordinator/blobs/open.ts';
import { TributaryError } from '#crypto/error.ts';
import { readSettingsFile, settingsFile, type Settings } from './settings.ts';

export type CoordinatorStorage = Readonly<{
  /** A PostgreSQL server's; undefined for the embedded database in the home. */
  databaseUrl: string | undefined;
  /** For masked inputs and evidence, a folder or a bucket's URL; undefined for the home. */
  blobs: string | undefined;
}>;

const OTHERS = 0o077;

/** @throws TributaryError `settings/bad-file`; `settings/exposed` where others may read the file that holds the URL */
export function readCoordinatorStorage(
  { home }: Pick<Settings, 'home'>,
  blobs: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): CoordinatorStorage {
  const written = readSettingsFile(home);
  const named = env['DATABASE_URL'] || undefined;
  if (written.database !== undefined && named === undefined) assertOwn(settingsFile(home));
  // What a flag or the environment names is meant from here, what the file names from the home.
  const here = blobs ?? (env['TRIBUTARY_BLOBS'] || undefined);
  const from = here === undefined ? home : '.';
  const place = here ?? written.blobs;
  return {
    databaseUrl: named ?? written.database,
    blobs: place === undefined || isUrl(place) ? place : resolve(from, place),
  };
}

function assertOwn(path: string): void {
  if ((statSync(path).mode & OTHERS) === 0) return;
  throw new TributaryError(
    'settings/exposed',
    `${path} names the database, and others may read it: chmod 600 ${path}`,
  );
}
