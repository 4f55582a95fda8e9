/** An attempt's evidence, fetched as one CAR into a file: every block hashed, none but the root's. protocol.md §6.4 */
import { existsSync } from 'node:fs';
import { computeAddress, type SigningKey } from 'ethers';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { blobChunkBytes } from '#datasets/blob.ts';
import { carBlockStore, exportCar, writeParts } from '#datasets/car.ts';
import { openCarStream } from '#datasets/car-stream.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { signTyped } from '#protocol/signature.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import type { Job } from './job.ts';

/** A request is good for this many seconds; the coordinator takes no longer ones than ten minutes. */
const requestSeconds = 300;
/** Of messages beside the vectors: far more than a roster's signatures take, and what a CAR says of its blocks. */
const messageBytes = 8 * 1024 * 1024;

export type EvidenceFrom = Readonly<{
  api: Pick<CoordinatorApi, 'evidence'>;
  domain: Domain;
  id: AttemptId;
  /** Of a member, or the buyer's. */
  key: SigningKey;
  /** Seconds since the epoch. */
  now: () => number;
}>;

/** The most that a round's evidence can honestly be. */
export type EvidenceLimit = Readonly<{ bytes: number; blocks: number }>;

export function evidenceLimit({ parameters, manifest }: Pick<Job, 'parameters' | 'manifest'>): EvidenceLimit {
  const n = manifest.datasets.length;
  const vector = packedBytes(parameters, wordBits(parameters.bits, n));
  return {
    bytes: n * vector + messageBytes,
    // The evidence, and for each input its manifest and chunks.
    blocks: 1 + n * (1 + Math.ceil(vector / blobChunkBytes)),
  };
}

/**
 * Fetches evidence into its file, in a folder that is there, unless it has this root already. One block is in memory at
 * a time; the file is whole and on disk when it resolves. A transfer that broke off begins again from the start.
 *
 * @throws TributaryError `evidence/unreachable` where it breaks off, `evidence/altered`, `evidence/too-big`,
 *   `car/unwritable`, and those of the API
 */
export async function fetchEvidence(
  file: string,
  root: CID,
  limit: EvidenceLimit,
  from: EvidenceFrom,
): Promise<void> {
  if (existsSync(file) && (await rootOf(file))?.equals(root)) return;
  const wanted = new AbortController();
  try {
    await writeParts(file, checked(requested(from, limit, wanted.signal), root, limit));
  } catch (error) {
    throw asEvidence(error);
  } finally {
    wanted.abort();
  }
}

function requested({ api, domain, id, key, now }: EvidenceFrom, limit: EvidenceLimit, wanted: AbortSignal) {
  const requester = toAddress(computeAddress(key.publicKey));
  const message = { ...id, requester, deadline: toSeconds(now() + requestSeconds) };
  const signature = signTyped(key, domain, 'EvidenceRequest', message);
  return bounded(api.evidence(id, { message, signature }, limit.bytes, wanted), limit.bytes);
}

/** Writes anew what arrives, block by block as the root leads to them: nothing else gets past. */
async function* checked(
  pieces: AsyncIterable<Uint8Array>,
  root: CID,
  limit: EvidenceLimit,
): AsyncGenerator<Uint8Array, void, undefined> {
  const car = await openCarStream(pieces, 'the evidence');
  if (!car.root.equals(root)) throw altered(`the coordinator gave evidence of another root`);
  yield* exportCar(car, root, { maximumBlocks: limit.blocks });
  await car.finish();
}

async function* bounded(
  pieces: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let received = 0;
  for await (const piece of pieces) {
    received += piece.length;
    if (received > limit) throw tooBig(`the evidence is over the ${limit} bytes that this job can need`);
    yield piece;
  }
}

/** What is wrong with a CAR, as what it says of the coordinator. */
function asEvidence(error: unknown): unknown {
  if (!(error instanceof TributaryError)) return error;
  const { code, message } = error;
  if (code === 'car/unwritable') return error;
  if (code === 'car/cut-off') {
    return new TributaryError('evidence/unreachable', `no evidence from the coordinator: ${message}`, {
      cause: error,
    });
  }
  if (code === 'dag/too-many-blocks') return tooBig(message, error);
  return /^(car|dag)\//.test(code) ? altered(message, error) : error;
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

const altered = (why: string, cause?: unknown) => new TributaryError('evidence/altered', why, { cause });
const tooBig = (why: string, cause?: unknown) => new TributaryError('evidence/too-big', why, { cause });
