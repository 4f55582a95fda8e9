/**
 * Numbers in a file that has no name once it is open, so that whatever ends the process, kill -9 too, leaves no rows
 * behind. protocol.md §6.5
 */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { TributaryError } from '#crypto/error.ts';

export type ScratchFile = Readonly<{
  append(numbers: Float32Array): void;
  /** @param from a number's place, from 0 @param into is filled */
  read(from: number, into: Float32Array): void;
  close(): void;
}>;

/** @throws TributaryError `data/scratch`, as its members do */
export function scratchFile(folder: string): ScratchFile {
  const descriptor = attempt(folder, () => {
    const path = join(folder, `rows-${randomUUID()}`);
    const opened = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return opened;
  });
  let size = 0;
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return {
    append(numbers) {
      const bytes = bytesOf(numbers);
      for (let done = 0; done < bytes.length;) {
        done += attempt(folder, () => writeSync(descriptor, bytes, done, bytes.length - done, size + done));
      }
      size += bytes.length;
    },
    read(from, into) {
      const bytes = bytesOf(into);
      for (let done = 0; done < bytes.length;) {
        const read = attempt(folder, () =>
          readSync(descriptor, bytes, done, bytes.length - done, from * 4 + done),
        );
        if (read === 0) throw scratchFailure(folder);
        done += read;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function attempt<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw scratchFailure(folder, cause);
  }
}

const scratchFailure = (folder: string, cause?: unknown) =>
  new TributaryError(
    'data/scratch',
    `encoded rows can not be kept in ${folder}: free space there, or allow more memory`,
    { cause },
  );
