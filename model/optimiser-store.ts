/** What the server's optimiser keeps between rounds, as blocks, hostile until read. protocol.md §6.3 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { getBlob, putBlob } from '#datasets/blob.ts';
import type { BlockSource, BlockStore } from '#datasets/blockstore.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { optimiserSchema, type OptimiserBlock } from '#protocol/manifests.ts';
import type { ServerState } from '#protocol/rules/server-step.ts';

export type KeptOptimiser = Readonly<{ cid: CID; state: ServerState }>;

const DOUBLE = 8;

function bytesOf(numbers: Float64Array): Uint8Array {
  const bytes = new Uint8Array(numbers.length * DOUBLE);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, at) => view.setFloat64(at * DOUBLE, number, true));
  return bytes;
}

export async function putOptimiser(store: BlockStore, { momentum, secondMoment }: ServerState): Promise<CID> {
  return writeBlock(store, {
    kind: 'tributary/optimiser',
    version: 1,
    momentum: await putBlob(store, bytesOf(momentum)),
    secondMoment: secondMoment && (await putBlob(store, bytesOf(secondMoment))),
  } satisfies OptimiserBlock);
}

/**
 * @param cid null where nothing is kept
 * @throws TributaryError `model/optimiser-length` unless each vector has one number a weight, and those of the blocks'
 *   readers
 */
export async function loadOptimiser(
  store: BlockSource,
  cid: CID | null,
  dimension: number,
): Promise<KeptOptimiser | null> {
  if (cid === null) return null;
  const block = await readBlock(store, cid, optimiserSchema, "the server optimiser's state");
  const read = async (blob: CID): Promise<Float64Array> => {
    const bytes = await getBlob(store, blob, { limit: dimension * DOUBLE });
    if (bytes.length !== dimension * DOUBLE) {
      throw new TributaryError(
        'model/optimiser-length',
        `the server optimiser keeps ${bytes.length / DOUBLE} numbers, the model has ${dimension} weights`,
      );
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Float64Array.from({ length: dimension }, (_, at) => view.getFloat64(at * DOUBLE, true));
  };
  const secondMoment = block.secondMoment && (await read(block.secondMoment));
  return { cid, state: { momentum: await read(block.momentum), secondMoment } };
}
