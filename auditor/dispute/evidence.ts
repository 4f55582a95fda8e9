/**
 * A disputed round's evidence, fetched into a file: from the job's coordinator for a reader by the job's terms, or from
 * the IPFS node, where a party may have put it. protocol.md §5.6, §6.4
 */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningKey } from 'ethers';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { carBlockStore, exportCar, writeParts, type CarSource } from '#datasets/car.ts';
import { evidenceLimit, fetchEvidence, type EvidenceLimit } from '#model/fetch-evidence.ts';
import type { Job } from '#model/job.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';

export type EvidencePlaces = Readonly<{
  /** Where it is kept while it is read. */
  folder: string;
  /** Signs the request to the coordinator; null asks only the node. */
  key: SigningKey | null;
  store: BlockSource;
  /** Stands in for HTTP in tests. */
  connect?: (url: string, signal: AbortSignal) => Pick<CoordinatorApi, 'evidence'>;
  /** Evidence that comes later is missing: whoever gives it drop by drop gains nothing. */
  until: AbortSignal;
  /** Seconds since the epoch, by this machine. */
  now?: () => number;
}>;

export type Fetched = Readonly<
  | { copy: CarSource }
  | { missing: string; /** What stood in the way of a place of our own. */ away: string | null }
>;

/** One file a round: what another attempt left there has another root. */
export const evidenceFileOf = (folder: string, { job, round }: Pick<AttemptId, 'job' | 'round'>): string =>
  join(folder, `job-${job}.round-${round}.car`);

/**
 * @param root the evidence's, as the round's manifest names it
 * @returns the evidence, to be closed; or why none of the places gave it
 * @throws TributaryError `car/unwritable` where this machine has no room for it
 */
export async function evidenceOf(
  job: Job,
  id: AttemptId,
  root: CID,
  places: EvidencePlaces,
): Promise<Fetched> {
  const file = evidenceFileOf(places.folder, id);
  await mkdir(places.folder, { recursive: true, mode: 0o700 });
  const reasons: string[] = [];
  let away: string | null = null;
  for (const [place, fetch] of placesOf(job, id, root, file, places)) {
    try {
      await fetch();
      return { copy: await carBlockStore(file) };
    } catch (error) {
      if (places.until.aborted) return { missing: [...reasons, `${place}: not in time`].join('; '), away };
      if (!(error instanceof TributaryError) || error.code === 'car/unwritable') throw error;
      reasons.push(`${place}: ${error.message} (${error.code})`);
      if (isOwnFault(error)) away = error.message;
    }
  }
  return { missing: reasons.join('; '), away };
}

/** Evidence opens a sum: nobody keeps it who does not need it. */
export const dropEvidence = (folder: string, id: Pick<AttemptId, 'job' | 'round'>): Promise<void> =>
  rm(evidenceFileOf(folder, id), { force: true });

/** Of our node or our line, not of who should have given the block. */
export const isOwnFault = ({ code }: TributaryError): boolean =>
  /^ipfs\/(unreachable|refused|no-space|bad-url|block-mismatch)$/.test(code);

function placesOf(
  job: Job,
  id: AttemptId,
  root: CID,
  file: string,
  { key, store, connect = coordinatorApi, until, now = machineTime }: EvidencePlaces,
): [string, () => Promise<void>][] {
  const limit = evidenceLimit(job);
  const { url } = job.manifest.coordinator;
  return [
    ...(key === null
      ? []
      : [
          [
            `the coordinator at ${url}`,
            () =>
              fetchEvidence(file, root, limit, { api: connect(url, until), domain: job.id, id, key, now }),
          ] satisfies [string, () => Promise<void>],
        ]),
    ['the IPFS node', () => fromNode(file, store, root, limit, until)],
  ];
}

/** As from a coordinator: every block hashed, none but the root's, not more than a round's evidence can be. */
async function fromNode(
  file: string,
  store: BlockSource,
  root: CID,
  limit: EvidenceLimit,
  until: AbortSignal,
): Promise<void> {
  if (existsSync(file) && (await rootIn(file))?.equals(root)) return;
  await writeParts(
    file,
    bounded(exportCar(store, root, { maximumBlocks: limit.blocks }), limit.bytes, until),
  );
}

async function* bounded(parts: AsyncIterable<Uint8Array>, limit: number, until: AbortSignal) {
  let bytes = 0;
  for await (const part of parts) {
    until.throwIfAborted();
    bytes += part.length;
    if (bytes > limit) {
      throw new TributaryError('evidence/too-big', `it is over the ${limit} bytes that this job can need`);
    }
    yield part;
  }
}

async function rootIn(file: string): Promise<CID | null> {
  try {
    const car = await carBlockStore(file);
    await car.close();
    return car.root;
  } catch (error) {
    if (error instanceof TributaryError) return null;
    throw error;
  }
}

const machineTime = () => Math.floor(Date.now() / 1000);
