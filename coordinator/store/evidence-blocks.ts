/** The evidence of attempts as blocks on the coordinator's own disk; it is never put on IPFS. protocol.md §6.4 */
import { readdir, readFile, rm } from 'node:fs/promises';
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
  return (id) => {
    const pathOf = (cid: CID) => join(folder, nameOf(id), cid.toString());
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

/** Whose evidence is on disk, and how it goes from there. */
export type KeptEvidence = Readonly<{
  attempts(): Promise<AttemptId[]>;
  /** Deletes all of an attempt's evidence. Cut off, it is done again: what is left is still an attempt's. */
  remove(id: AttemptId): Promise<void>;
}>;

export const keptEvidence = (folder: string): KeptEvidence => ({
  async attempts() {
    return (await namesIn(folder)).flatMap((name) => {
      const [, job, round, attempt] = NAME.exec(name) ?? [];
      return attempt === undefined
        ? []
        : [{ job: Number(job), round: Number(round), attempt: Number(attempt) }];
    });
  },
  remove: (id) => rm(join(folder, nameOf(id)), { recursive: true, force: true }),
});

const NAME = /^(\d+)-(\d+)-(\d+)$/;
const nameOf = ({ job, round, attempt }: AttemptId): string => `${job}-${round}-${attempt}`;

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
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
