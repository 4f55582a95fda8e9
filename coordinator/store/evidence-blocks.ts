/** The evidence of attempts as blocks on the coordinator's own disk; it is never put on IPFS. protocol.md §6.4 */
import { existsSync } from 'node:fs';
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
 * @throws TributaryError (reads) `evidence/expired` where it was deleted; `evidence/unknown-block`; `evidence/damaged`
 *   where the disk gave other bytes; (writes) `storage/full`
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
        const bytes = await readBlock(join(folder, nameOf(id)), cid);
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
  /** Takes an attempt's evidence away, all of it at once, and then deletes it. */
  remove(id: AttemptId): Promise<void>;
  /** Deletes what removals that were cut off have left. */
  finishRemovals(): Promise<void>;
}>;

/** Where an attempt's evidence is once it is taken away; empty, it stays to say that there was some. */
const EXPIRED = '.expired';

export const keptEvidence = (folder: string, disk: Pick<Disk, 'rename' | 'syncFolder'>): KeptEvidence => ({
  async attempts() {
    return (await namesIn(folder)).flatMap((name) => {
      const [, job, round, attempt] = NAME.exec(name) ?? [];
      return attempt === undefined
        ? []
        : [{ job: Number(job), round: Number(round), attempt: Number(attempt) }];
    });
  },

  async remove(id) {
    const expired = join(folder, nameOf(id) + EXPIRED);
    // A folder takes the place of an empty one alone; one with blocks is there where a copy was put back.
    await empty(expired);
    await disk.rename(join(folder, nameOf(id)), expired);
    await disk.syncFolder(folder);
    await empty(expired);
  },

  async finishRemovals() {
    for (const name of await namesIn(folder)) {
      if (name.endsWith(EXPIRED) && NAME.test(name.slice(0, -EXPIRED.length)))
        await empty(join(folder, name));
    }
  },
});

async function empty(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) await rm(join(folder, name), { recursive: true, force: true });
}

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

async function readBlock(folder: string, cid: CID): Promise<Uint8Array> {
  try {
    return await readFile(join(folder, cid.toString()));
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
    if (existsSync(folder + EXPIRED)) {
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
}
