/** The evidence of attempts as blocks on the coordinator's own disk; it is never put on IPFS. protocol.md §6.4 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { cidOf, isBlockOf } from '#protocol/dag.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { isCode, writeDurably, type Disk } from './files.ts';

/** The blocks of one attempt; a block of another is not found. */
export type EvidenceBlocks = (id: AttemptId) => BlockStore;

/**
 * @throws TributaryError (reads) `evidence/unknown-block`; `evidence/damaged` where the disk gave other bytes;
 *   (writes) `storage/full`
 */
export function openEvidence(folder: string, disk: Disk): EvidenceBlocks {
  return ({ job, round, attempt }) => {
    const pathOf = (cid: CID) => join(folder, `${job}-${round}-${attempt}`, cid.toString());
    return {
      async put(codec, bytes) {
        const cid = cidOf(codec, bytes);
        await writeDurably(disk, pathOf(cid), [bytes]);
        return cid;
      },

      async get(cid) {
        const bytes = await readBlock(pathOf(cid), cid);
        if (isBlockOf(cid, bytes)) return bytes;
        throw new TributaryError(
          'evidence/damaged',
          `block ${cid.toString()} is damaged on the coordinator's disk: restore its folder`,
        );
      },

      async pin() {
        // Nothing here is ever collected.
      },
    };
  };
}

async function readBlock(path: string, cid: CID): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    throw new TributaryError(
      'evidence/unknown-block',
      `block ${cid.toString()} is not part of this attempt's evidence`,
    );
  }
}
