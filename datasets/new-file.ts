/** Files that are made anew and never over another: an owner's data is in them, or says of it. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';

/** @returns a descriptor to write to, for its owner alone @throws TributaryError `data/exists`, `data/unwritable` */
export function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') {
      throw new TributaryError('data/exists', `${path} is there already: name another file, or move it away`);
    }
    throw new TributaryError(
      'data/unwritable',
      `${path} can not be written: check its folder and permissions`,
      { cause },
    );
  }
}

/** @throws TributaryError `data/exists`, `data/unwritable` */
export function writeNew(path: string, text: string): void {
  const descriptor = openNew(path);
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}
