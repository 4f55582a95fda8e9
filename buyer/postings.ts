/** What this buyer found out about posted rounds, in its home: one small file a posting. protocol.md §5.6 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { postingRecord, type PostingRecord, type PostingRecords } from '#contracts/postings/record.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Domain } from '#protocol/typed-data.ts';
import { readIfThere, writeDurably } from './durable-file.ts';

/** @throws TributaryError (calls) `storage/…` */
export function postingsOf(home: string, { chainId, escrow }: Domain, job: number): PostingRecords {
  const folder = join(home, 'postings', `${chainId}-${escrow}-${job}`);
  const read = async (name: string): Promise<PostingRecord | null> => {
    const text = await readIfThere(join(folder, name));
    return text === null ? null : parsed(join(folder, name), text);
  };
  return {
    read: (head) => read(`${head}.json`),
    write: (record) => writeDurably(join(folder, `${record.head}.json`), `${JSON.stringify(record)}\n`),
    async all() {
      const names = await readdir(folder).catch(() => []);
      const kept = await Promise.all(names.filter((name) => name.endsWith('.json')).map(read));
      return kept.filter((record) => record !== null);
    },
  };
}

function parsed(file: string, text: string): PostingRecord {
  try {
    return postingRecord.parse(JSON.parse(text));
  } catch (cause) {
    throw new TributaryError('storage/unreadable', `${file} is not what this buyer wrote: remove it`, {
      cause,
    });
  }
}
