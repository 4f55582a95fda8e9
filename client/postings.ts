/** What this owner's client found out about posted rounds, in its home: one small file a posting. protocol.md §5.6 */
import { join } from 'node:path';
import { postingRecord, type PostingRecord, type PostingRecords } from '#contracts/postings/record.ts';
import type { Domain } from '#protocol/typed-data.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { json, readJson } from './journal/attempt-journal.ts';
import { openDisk, type DiskCalls } from './journal/disk.ts';

export type Postings = Readonly<{
  of(domain: Domain, job: number): PostingRecords;
  /** What was found out about one posting, or null. */
  found(domain: Domain, job: number, head: Bytes32): PostingRecord | null;
}>;

/** @param folder the client's home; records are in `postings` there */
export function openPostings(folder: string, calls?: DiskCalls): Postings {
  const disk = openDisk(join(folder, 'postings'), calls);
  const folderOf = ({ chainId, escrow }: Domain, job: number) => `${chainId}-${escrow}/${job}`;
  const read = (path: string) => readJson(disk, path, postingRecord);
  return {
    found: (domain, job, head) => read(`${folderOf(domain, job)}/${head}.json`),
    of(domain, job) {
      const place = folderOf(domain, job);
      return {
        read: async (head) => read(`${place}/${head}.json`),
        write: async (record) => disk.replace(`${place}/${record.head}.json`, json(record)),
        all: async () => disk.list(place).flatMap((name) => read(`${place}/${name}`) ?? []),
      };
    },
  };
}
