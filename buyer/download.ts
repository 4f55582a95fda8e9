/** Writes a settled model as files that other tools read, each block held against the chain's digest. protocol.md §6.2 */
import { join } from 'node:path';
import { getBlob } from '#datasets/blob.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { readBlock } from '#datasets/read-block.ts';
import { TributaryError } from '#crypto/error.ts';
import { digestHex, loadModel } from '#model/model-store.ts';
import { formatJobId } from '#protocol/job-id.ts';
import { modelSchema } from '#protocol/manifests.ts';
import { writeDurably } from './durable-file.ts';
import type { JobState } from './job-state.ts';

/** What `manifest.json` says of the files beside it. */
export type Download = Readonly<{
  job: string;
  round: number;
  /** CIDs of the round's manifest and of the model block. */
  manifest: string;
  model: string;
  /** Digest of the manifest, as the escrow stores it. */
  digest: string;
  dimension: number;
  files: Readonly<{ topology: string; weights: string }>;
}>;

const headerAllowance = 256 * 1024;

/**
 * Writes topology.json, model.safetensors and manifest.json.
 *
 * @param round the last settled one by default
 * @throws TributaryError `buyer/nothing-settled`, `buyer/no-such-round`, `model/…`, `storage/…`, `ipfs/…`
 */
export async function downloadModel(
  source: BlockSource,
  { job, history }: JobState,
  folder: string,
  round = history.length,
): Promise<Download> {
  if (history.length === 0) {
    throw new TributaryError(
      'buyer/nothing-settled',
      `no round of job ${job.id.job} is settled yet: wait for one`,
    );
  }
  const record = history[round - 1];
  if (!record) {
    throw new TributaryError(
      'buyer/no-such-round',
      `round ${round} of job ${job.id.job} is not settled; ask for one of 1 to ${history.length}`,
    );
  }
  // Refuses a model that can't be used, before any of it is written.
  const { cid, topology } = await loadModel(source, record.manifest.modelAfter);
  const block = await readBlock(source, cid, modelSchema, 'the model');
  const weights = await getBlob(source, block.weights, { limit: topology.dimension * 4 + headerAllowance });
  const download: Download = {
    job: formatJobId(job.id),
    round,
    manifest: record.cid.toString(),
    model: cid.toString(),
    digest: digestHex(record.cid),
    dimension: topology.dimension,
    files: { topology: 'topology.json', weights: 'model.safetensors' },
  };
  await writeDurably(join(folder, download.files.topology), await source.get(block.topology));
  await writeDurably(join(folder, download.files.weights), weights);
  await writeDurably(join(folder, 'manifest.json'), `${JSON.stringify(download, null, 2)}\n`);
  return download;
}
