/** A round's evidence, kept as one CAR file. protocol.md §6.4 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { type EvidenceFrom, type EvidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { syncFolder, throwStorageError } from './durable-file.ts';

/** Where the evidence of an attempt is kept. */
export const evidenceFile = (
  home: string,
  { chainId, escrow }: Domain,
  { job, round, attempt }: AttemptId,
): string => join(home, 'evidence', `${chainId}-${escrow}-${job}`, `round-${round}.attempt-${attempt}.car`);

/** One fetch of a file at a time: rounds are watched as they are made and as they are posted. */
const underWay = new Map<string, Promise<void>>();

/**
 * Fetches evidence into its file, unless it is there with this root; it survives a crash when this resolves.
 *
 * @throws TributaryError as {@link fetchEvidence}, but `storage/full`, `storage/unwritable` where it can't be written
 */
export async function keepEvidence(
  file: string,
  root: CID,
  limit: EvidenceLimit,
  from: EvidenceFrom,
): Promise<void> {
  const earlier = underWay.get(file);
  const fetched = (async () => {
    await earlier?.catch(() => undefined);
    await keep(file, root, limit, from);
  })();
  underWay.set(file, fetched);
  try {
    await fetched;
  } finally {
    if (underWay.get(file) === fetched) underWay.delete(file);
  }
}

async function keep(file: string, root: CID, limit: EvidenceLimit, from: EvidenceFrom): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await fetchEvidence(file, root, limit, from);
    await syncFolder(dirname(file));
  } catch (error) {
    const unwritable = error instanceof TributaryError && error.code === 'car/unwritable';
    throwStorageError(file, unwritable ? error.cause : error);
  }
}
