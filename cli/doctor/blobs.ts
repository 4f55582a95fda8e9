/** The place of masked inputs and evidence that a coordinator of this home would have, where that is a bucket. */
import { join } from 'node:path';
import { isUrl, openBlobs } from '#coordinator/blobs/open.ts';
import { TributaryError } from '#crypto/error.ts';
import { errorTable } from '#protocol/errors.ts';
import { readCoordinatorStorage } from '../coordinator-storage.ts';
import type { Settings } from '../settings.ts';
import { failure, ok, type Finding } from './finding.ts';

/** Looks, and writes nothing. @returns null where there is a folder: the disk is looked at anyway */
export async function checkBlobs(
  settings: Pick<Settings, 'home'>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Finding | null> {
  const name = 'bucket';
  try {
    const { blobs: place } = readCoordinatorStorage(settings, undefined, env);
    if (place === undefined || !isUrl(place)) return null;
    const blobs = await openBlobs(place, join(settings.home, 'coordinator'));
    await blobs.close();
    return ok(name, `${blobs.where} lets this machine in`);
  } catch (error) {
    const code = error instanceof TributaryError ? error.code : '';
    const remedy = errorTable[code]?.do ?? 'correct --blobs';
    return failure(name, error instanceof Error ? error.message : String(error), remedy);
  }
}
