/** The public weight of a dataset: a coarse bucket of its row count. protocol.md §2.1 */
import { TributaryError } from '#crypto/error.ts';

/** The largest power of two that is not above `rows`; a bucket tells less than a count. */
export function weightBucket(rows: number): number {
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw new TributaryError('data/too-few-rows', `a dataset needs at least one row, this one has ${rows}`);
  }
  return 2 ** Math.floor(Math.log2(rows));
}
