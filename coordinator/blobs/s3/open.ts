/** Masked inputs and evidence in an S3 bucket. Only here is the S3 client imported: whoever keeps a folder never loads it. docs/operations.md */
import { randomUUID } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import type { Blobs } from '../blobs.ts';
import { attemptsAt } from './attempts.ts';
import { openBucket } from './bucket.ts';
import { openSpool } from './spool.ts';
import { parseS3 } from './url.ts';

/**
 * @param spool a folder of this machine, in which what arrives waits until it is whole
 * @throws TributaryError `storage/bad-url`
 */
export function openS3(url: string, spool: string): Blobs {
  const place = parseS3(url);
  const bucket = openBucket(place);
  const spooled = openSpool(spool);
  return {
    inputs: attemptsAt(bucket, `${place.prefix}inputs/`, spooled),
    evidence: attemptsAt(bucket, `${place.prefix}evidence/`, spooled),
    async name() {
      const key = `${place.prefix}name`;
      await bucket.putNew(key, new TextEncoder().encode(randomUUID()));
      const found = await bucket.get(key);
      if (found) return new TextDecoder().decode(found);
      throw new TributaryError('storage/unreachable', `${bucket.where}: what was just written is not there`);
    },
    where: bucket.where,
    look: bucket.look,
    free: () => Promise.resolve(null),
    async close() {
      bucket.close();
      await spooled.close();
    },
  };
}
