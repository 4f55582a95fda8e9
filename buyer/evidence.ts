/** A round's evidence, fetched from the coordinator block by block and kept as one CAR file. protocol.md §6.4 */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { computeAddress, type SigningKey } from 'ethers';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { carBlockStore, writeCar } from '#datasets/car.ts';
import type { Job } from '#model/job.ts';
import { isBlockOf } from '#protocol/dag.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { signTyped } from '#protocol/signature.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { syncFolder, throwStorageError } from './durable-file.ts';

/** A request is good for this many seconds; the coordinator takes no longer ones than ten minutes. */
const requestSeconds = 300;
/** Of messages beside the vectors: far more than a roster's signatures take. */
const messageBytes = 8 * 1024 * 1024;

export type EvidenceFrom = Readonly<{
  api: Pick<CoordinatorApi, 'evidenceBlock'>;
  domain: Domain;
  id: AttemptId;
  key: SigningKey;
  /** Seconds since the epoch. */
  now: () => number;
}>;

/**
 * The coordinator as a block source; each block is hashed again.
 *
 * @param limit bytes that it may give in all
 * @throws TributaryError (get) the coordinator's code, `evidence/altered`, `evidence/too-big`
 */
export function evidenceSource({ api, domain, id, key, now }: EvidenceFrom, limit: number): BlockSource {
  const requester = toAddress(computeAddress(key.publicKey));
  let received = 0;
  return {
    async get(cid: CID) {
      const message = { ...id, requester, deadline: toSeconds(now() + requestSeconds) };
      const signature = signTyped(key, domain, 'EvidenceRequest', message);
      const bytes = await api.evidenceBlock(id, cid, { message, signature });
      if (!isBlockOf(cid, bytes)) {
        throw new TributaryError(
          'evidence/altered',
          `the coordinator gave other bytes than ${cid.toString()}`,
        );
      }
      received += bytes.length;
      if (received > limit) {
        throw new TributaryError(
          'evidence/too-big',
          `the evidence is over the ${limit} bytes that this job can need`,
        );
      }
      return bytes;
    },
  };
}

/** The most bytes that a round's evidence can honestly have. */
export function evidenceLimit({ parameters, manifest }: Job): number {
  const n = manifest.datasets.length;
  return n * packedBytes(parameters, wordBits(parameters.bits, n)) + messageBytes;
}

/** Where the evidence of an attempt is kept. */
export const evidenceFile = (
  home: string,
  { chainId, escrow }: Domain,
  { job, round, attempt }: AttemptId,
): string => join(home, 'evidence', `${chainId}-${escrow}-${job}`, `round-${round}.attempt-${attempt}.car`);

/**
 * Fetches evidence into its file, unless it is there with this root; the file is whole and on disk when it resolves.
 *
 * @returns the file
 */
export async function keepEvidence(file: string, source: BlockSource, root: CID): Promise<string> {
  if (existsSync(file) && (await rootOf(file))?.equals(root)) return file;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeCar(file, source, root);
    await syncFolder(dirname(file));
  } catch (error) {
    throwStorageError(file, error);
  }
  return file;
}

async function rootOf(file: string): Promise<CID | null> {
  try {
    const car = await carBlockStore(file);
    await car.close();
    return car.root;
  } catch (error) {
    if (error instanceof TributaryError) return null;
    throw error;
  }
}
