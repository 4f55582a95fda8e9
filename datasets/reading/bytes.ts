/** The bytes of an owner's file as a stream; what ends in .gz is unpacked on the way. RFC 1952; protocol.md §6.1 */
import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { TributaryError } from '#crypto/error.ts';

/** No line or record is longer: a forgotten quote would otherwise take a whole file into memory. */
export const maximumLineBytes = 1024 * 1024;

/** Destroying what it gives closes the file. */
export function openBytes(file: string): Readable {
  const input = createReadStream(file);
  if (!file.toLowerCase().endsWith('.gz')) return input;
  // The failure of one is that of the other: whoever reads the end hears of it.
  return pipeline(input, createGunzip(), () => undefined);
}

/** What a stream failed with, as an error that tells what to do; a system's or zlib's own error holds no bytes. */
export function readFailure(file: string, error: unknown): unknown {
  if (error instanceof TributaryError || !(error instanceof Error && 'code' in error)) return error;
  return new TributaryError(
    'data/unreadable',
    `${file} can not be read: check its path, permissions and packing`,
    {
      cause: error,
    },
  );
}

export const badRow = (where: string): TributaryError =>
  new TributaryError('data/bad-row', `${where}; correct the row, or remove it`);
