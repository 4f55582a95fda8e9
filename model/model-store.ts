/** Models as blocks: topology JSON and safetensors weights, hostile until read. protocol.md §6.2 */
import type { CID } from 'multiformats/cid';
import { fromHex, toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { getBlob, putBlob } from '#datasets/blob.ts';
import type { BlockSource, BlockStore } from '#datasets/blockstore.ts';
import { readBlock, writeBlock } from '#datasets/read-block.ts';
import { digestOf } from '#protocol/dag.ts';
import { modelSchema, type ModelBlock } from '#protocol/manifests.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { initialWeights } from './initial.ts';
import { parseTopology, type Topology } from './topology.ts';
import { decodeWeights, encodeWeights } from './weights.ts';

export type Model = Readonly<{
  cid: CID;
  digest: Bytes32;
  topologyCid: CID;
  topology: Topology;
  /** Flat, in the order of the topology's trainable tensors. */
  weights: Float32Array;
}>;

/** safetensors: eight bytes, a header, four bytes a weight. */
const headerAllowance = 256 * 1024;

/** Reads a topology block. @throws TributaryError `model/…` as `parseTopology` */
export async function loadTopology(store: BlockSource, cid: CID): Promise<Topology> {
  return parseTopology(new TextDecoder().decode(await store.get(cid)));
}

/** @throws TributaryError `model/dimension` where block and topology disagree, and those of its parts */
export async function loadModel(store: BlockSource, cid: CID): Promise<Model> {
  const block = await readBlock(store, cid, modelSchema, 'the model');
  const topology = await loadTopology(store, block.topology);
  if (topology.dimension !== block.dimension) {
    throw new TributaryError(
      'model/dimension',
      `the model says ${block.dimension} weights, its topology has ${topology.dimension}`,
    );
  }
  const bytes = await getBlob(store, block.weights, { limit: block.dimension * 4 + headerAllowance });
  return {
    cid,
    digest: digestHex(cid),
    topologyCid: block.topology,
    topology,
    weights: decodeWeights(topology, bytes),
  };
}

/** Stores weights under a topology that is already stored. */
export async function putModel(
  store: BlockStore,
  topologyCid: CID,
  topology: Topology,
  weights: Float32Array,
): Promise<Model> {
  const blob = await putBlob(store, encodeWeights(topology, weights));
  const cid = await writeBlock(store, {
    kind: 'tributary/model',
    version: 1,
    topology: topologyCid,
    weights: blob,
    dimension: topology.dimension,
  } satisfies ModelBlock);
  return { cid, digest: digestHex(cid), topologyCid, topology, weights };
}

/** The model that a job starts from: the weights follow from its seed. */
export async function putInitialModel(
  store: BlockStore,
  topologyCid: CID,
  topology: Topology,
  seed: Bytes32,
): Promise<Model> {
  return putModel(store, topologyCid, topology, initialWeights(topology, fromHex(seed)));
}

/** A block's digest, as chain and signatures carry it. */
export const digestHex = (cid: CID): Bytes32 => toHex(digestOf(cid)) as Bytes32;
