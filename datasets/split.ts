/**
 * Splits a file in two, row by row, by a keyed hash of a row's number: the same seed gives the same split, whatever
 * the size of the file, and a row that is added later moves no other. protocol.md §6.5
 */
import { closeSync, unlinkSync, writeSync } from 'node:fs';
import { concat, lp, u64, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { platform } from '#platform';
import { openNew } from './new-file.ts';
import { namedRows } from './reading/records.ts';
import type { Reading } from './schema.ts';

export type Split = Readonly<{ training: number; test: number }>;

/**
 * @param fraction about which part of the rows is held out, above 0 and below 1
 * @returns whether the row with this number, from 0, is held out
 * @throws TributaryError `split/fraction`
 */
export function heldOutBy(seed: string, fraction: number): (row: number) => boolean {
  if (!(fraction > 0 && fraction < 1)) {
    throw new TributaryError('split/fraction', `the held-out fraction lies between 0 and 1, not ${fraction}`);
  }
  const key = concat(lp(utf8('tributary/split')), lp(utf8(seed)));
  const limit = fraction * 2 ** 32;
  return (row) => {
    const hash = platform.sha256(key, u64(BigInt(row)));
    return new DataView(hash.buffer, hash.byteOffset).getUint32(0) < limit;
  };
}

/**
 * Writes two new files with mode 0600, a CSV's header in both, each row as it is written in `file`; both are taken
 * away again if anything fails.
 *
 * @throws TributaryError `data/exists` where one is there already, `split/one-side` where a part got no row,
 *   `split/fraction`, and those of reading
 */
export async function splitFile(
  file: string,
  reading: Reading,
  to: Readonly<{ training: string; test: string; seed: string; fraction: number }>,
): Promise<Split> {
  const isHeldOut = heldOutBy(to.seed, to.fraction);
  const training = newFile(to.training);
  let test: NewFile | undefined;
  try {
    const other = (test = newFile(to.test));
    const counts = { training: 0, test: 0 };
    const both = (_: unknown, raw: string) => [training, other].forEach((one) => one.line(raw));
    for await (const { raw } of namedRows(file, reading, both)) {
      const heldOut = isHeldOut(counts.training + counts.test);
      counts[heldOut ? 'test' : 'training'] += 1;
      (heldOut ? other : training).line(raw);
    }
    if (counts.training === 0 || counts.test === 0) {
      throw new TributaryError(
        'split/one-side',
        `${file} has ${counts.training + counts.test} rows, and one part would get none: take another seed or fraction`,
      );
    }
    training.keep();
    test.keep();
    return counts;
  } catch (error) {
    training.drop();
    test?.drop();
    throw error;
  }
}

type NewFile = Readonly<{ line(text: string): void; keep(): void; drop(): void }>;

const bufferLength = 256 * 1024;

/** @throws TributaryError `data/exists`, `data/unwritable` */
function newFile(path: string): NewFile {
  const descriptor = openNew(path);
  let buffer = '';
  const flush = () => {
    const bytes = utf8(buffer);
    for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
    buffer = '';
  };
  return {
    line(text) {
      buffer += text.endsWith('\n') ? text : `${text}\n`;
      if (buffer.length >= bufferLength) flush();
    },
    keep() {
      flush();
      closeSync(descriptor);
    },
    drop() {
      closeSync(descriptor);
      unlinkSync(path);
    },
  };
}
