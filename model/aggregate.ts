/** A round's integer sum as blocks, and the server's step that follows from it. protocol.md §2.5, §6.3 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { average } from '#crypto/quantise.ts';
import { getBlob, putBlob } from '#datasets/blob.ts';
import type { BlockSource, BlockStore } from '#datasets/blockstore.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { aggregateSchema, type Aggregate } from '#protocol/manifests.ts';
import { serverStep, type ServerState, type ServerStep } from '#protocol/rules/server-step.ts';
import type { Job } from './job.ts';

export type RoundSum = Readonly<{
  /** Σ q over the survivors: exact integers, one a coordinate. */
  sum: Float64Array;
  weightSum: number;
  survivors: number;
}>;

const WORD = 4;

/** The sum of the survivors' public weights. @param seats the survivors' seats */
export function weightSumOf(job: Job, seats: readonly number[]): number {
  return seats.reduce((sum, seat) => sum + (job.manifest.datasets[seat]?.weight ?? 0), 0);
}

export async function putAggregate(store: BlockStore, { sum, weightSum, survivors }: RoundSum): Promise<CID> {
  const bytes = new Uint8Array(sum.length * WORD);
  const view = new DataView(bytes.buffer);
  sum.forEach((value, index) => view.setInt32(index * WORD, value, true));
  return writeBlock(store, {
    kind: 'tributary/aggregate',
    version: 1,
    sum: await putBlob(store, bytes),
    weightSum,
    survivors,
  } satisfies Aggregate);
}

/** @throws TributaryError `aggregate/length` unless the sum has one integer a weight */
export async function loadAggregate(store: BlockSource, cid: CID, dimension: number): Promise<RoundSum> {
  const block = await readBlock(store, cid, aggregateSchema, 'the aggregate');
  const bytes = await getBlob(store, block.sum, { limit: dimension * WORD });
  if (bytes.length !== dimension * WORD) {
    throw new TributaryError(
      'aggregate/length',
      `the sum has ${bytes.length / WORD} integers, the model ${dimension}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    sum: Float64Array.from({ length: dimension }, (_, index) => view.getInt32(index * WORD, true)),
    weightSum: block.weightSum,
    survivors: block.survivors,
  };
}

/** The recipe's server optimiser on the round's average, bit for bit the same for everyone. */
export function stepAfter(
  job: Job,
  before: Float32Array,
  { sum, weightSum }: RoundSum,
  state: ServerState | null,
): ServerStep {
  return serverStep(job.recipe.server, before, average(sum, weightSum, job.parameters), state);
}
