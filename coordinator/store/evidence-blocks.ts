/** The evidence of attempts as blocks on the coordinator's own disk; it is never put on IPFS. protocol.md §6.4 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { cidOf, isBlockOf } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { AttemptBlobs } from '../blobs/blobs.ts';

/** The blocks of one attempt; a block of another is not found. */
export type EvidenceBlocks = (id: AttemptId) => BlockStore;

/**
 * @throws TributaryError (reads) `evidence/expired` where it was deleted; `evidence/unknown-block`; `evidence/damaged`
 *   where the disk gave other bytes; (writes) `storage/full`
 */
export const openEvidence =
  (blobs: AttemptBlobs): EvidenceBlocks =>
  (id) => ({
    async put(codec, bytes) {
      const cid = cidOf(codec, bytes);
      await blobs.write(id, cid.toString(), [bytes]);
      return cid;
    },

    async get(cid) {
      const bytes = await readBlock(blobs, id, cid);
      if (isBlockOf(cid, bytes)) return bytes;
      throw new TributaryError(
        'evidence/damaged',
        `block ${cid.toString()} is damaged on the coordinator's disk: restore its folder`,
      );
    },

    async pin() {
      // Nothing here is ever collected.
    },
  });

/** Whose evidence is on disk, and how it goes from there. */
export type KeptEvidence = Readonly<{
  attempts(): Promise<AttemptId[]>;
  /** Takes an attempt's evidence away, all of it at once, and then deletes it. */
  remove(id: AttemptId): Promise<void>;
  /** Deletes what removals that were cut off have left. */
  finishRemovals(): Promise<void>;
}>;

export const keptEvidence = ({ attempts, expire, finishExpiring }: AttemptBlobs): KeptEvidence => ({
  attempts,
  remove: expire,
  finishRemovals: finishExpiring,
});

async function readBlock(blobs: AttemptBlobs, id: AttemptId, cid: CID): Promise<Uint8Array> {
  const bytes = await blobs.read(id, cid.toString());
  if (bytes) return bytes;
  if (await blobs.isExpired(id)) {
    throw new TributaryError(
      'evidence/expired',
      "this attempt's evidence was deleted when the time that the job's terms give it was over",
    );
  }
  throw new TributaryError(
    'evidence/unknown-block',
    `block ${cid.toString()} is not part of this attempt's evidence`,
  );
}
