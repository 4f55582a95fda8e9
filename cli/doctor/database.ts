/** The database that a coordinator of this home would have: the embedded one, or the PostgreSQL server that is named. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbedded } from '#coordinator/store/embedded-database.ts';
import { lookAtServer } from '#coordinator/store/server-database.ts';
import { TributaryError } from '#crypto/error.ts';
import { errorTable } from '#protocol/errors.ts';
import { readCoordinatorStorage } from '../coordinator-storage.ts';
import { preparedDatabase } from '../prepared-database.ts';
import type { Settings } from '../settings.ts';
import { failure, ok, type Finding } from './finding.ts';

export async function checkDatabase(
  settings: Pick<Settings, 'home'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Finding> {
  try {
    const { databaseUrl } = readCoordinatorStorage(settings, undefined, env);
    return databaseUrl === undefined ? await checkEmbedded(settings.home) : await checkServer(databaseUrl);
  } catch (error) {
    const code = error instanceof TributaryError ? error.code : '';
    const remedy = errorTable[code]?.do ?? 'free disk space and memory; reinstall the packages: npm ci';
    return failure('database', error instanceof Error ? error.message : String(error), remedy);
  }
}

/** Looks, and writes nothing. */
async function checkServer(url: string): Promise<Finding> {
  const version = await lookAtServer(url);
  return ok('database', `PostgreSQL ${version} at ${new URL(url).host} keeps what it acknowledges`);
}

/** Opens one where nobody's is. */
async function checkEmbedded(home: string): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-doctor-'));
  const prepared = preparedDatabase(home);
  const began = performance.now();
  try {
    const database = await openEmbedded({ folder, prepared: existsSync(prepared) ? prepared : undefined });
    const [row] = await database.query<{ one: number }>('select 1 as one');
    await database.close();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (row?.one === 1) return ok('database', `the embedded one opens in ${seconds} s`);
    return failure('database', 'the embedded one does not answer', 'reinstall the packages: npm ci');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
