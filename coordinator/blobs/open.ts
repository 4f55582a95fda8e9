/** The place of masked inputs and evidence by what names it: a folder, or an S3 bucket. */
import { join } from 'node:path';
import type { Blobs } from './blobs.ts';
import { folderBlobs } from './folder.ts';

/** A bucket's, as `s3://bucket/prefix`. */
export const isUrl = (place: string): boolean => /^s3:/i.test(place);

/**
 * @param place a folder, or `s3://bucket/prefix?endpoint=…&region=…`
 * @param home a folder of this machine, for what waits until a bucket has it
 * @throws TributaryError `storage/bad-url`; of a bucket that can't be used `storage/no-bucket`, `storage/forbidden`,
 *   `storage/no-credentials`, `storage/unreachable`
 */
export async function openBlobs(place: string, home: string): Promise<Blobs> {
  if (!isUrl(place)) return folderBlobs(place);
  const { openS3 } = await import('./s3/open.ts');
  const blobs = openS3(place, join(home, 'spool'));
  try {
    await blobs.look();
    return blobs;
  } catch (error) {
    await blobs.close();
    throw error;
  }
}
