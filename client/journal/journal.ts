/** A client's journal: all that it decided, for ever, and its secrets until they are spent. protocol.md §4 */
import { join } from 'node:path';
import type { SigningKey } from 'ethers';
import { systemRng } from '#crypto/random.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { attemptFolder, attemptJournal, type AttemptJournal } from './attempt-journal.ts';
import { openDisk, type DiskCalls } from './disk.ts';
import { sealOf } from './seal.ts';
import { updateJournal, type UpdateJournal } from './update-journal.ts';

export type Journal = UpdateJournal &
  Readonly<{
    attempt(domain: Domain, id: AttemptId): AttemptJournal;
    /** The attempts of a job that were journalled, ascending. */
    attemptsOf(domain: Domain, job: number): AttemptId[];
  }>;

/**
 * Opens the journal of a home. The caller holds the home's lock.
 *
 * @param folder the client's home; the journal is in `journal` there
 * @param key the operator key, which seals the secrets
 * @param calls stand in for the file system's, in tests
 */
export function openJournal(folder: string, key: SigningKey, calls?: DiskCalls): Journal {
  const disk = openDisk(join(folder, 'journal'), calls);
  const seal = sealOf(key, systemRng());
  return {
    ...updateJournal(disk, seal),
    attempt: (domain, id) => attemptJournal(disk, seal, attemptFolder(domain, id)),
    attemptsOf({ chainId, escrow }, job) {
      const folder = `attempts/${chainId}-${escrow}/${job}`;
      const numbers = (path: string) =>
        disk
          .list(path)
          .map(Number)
          .sort((a, b) => a - b);
      return numbers(folder).flatMap((round) =>
        numbers(`${folder}/${round}`).map((attempt) => ({ job, round, attempt })),
      );
    },
  };
}
