/** Files of a backup with their length and digest, written and read in pieces. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { disk, isCode, writeDurably } from '../store/files.ts';

export type Digest = Readonly<{ bytes: number; sha256: string }>;

/** @throws TributaryError `storage/full` */
export async function writeHashed(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Digest> {
  const meter = metered(pieces);
  await writeDurably(disk, path, meter.pieces);
  return meter.digest();
}

/** Passes pieces on, and says afterwards what they were. */
export function metered(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    pieces: (async function* () {
      for await (const piece of pieces) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    })(),
    digest: (): Digest => ({ bytes, sha256: hash.digest('hex') }),
  };
}

export const digestOf = (bytes: Uint8Array): Digest => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

export const sameDigest = (one: Digest, other: Digest): boolean =>
  one.bytes === other.bytes && one.sha256 === other.sha256;

/** @throws TributaryError `backup/damaged` where the file is gone, or is not what it was */
export async function assertDigest(path: string, expected: Digest): Promise<void> {
  const meter = metered(piecesOf(path));
  for await (const piece of meter.pieces) void piece;
  if (!sameDigest(meter.digest(), expected))
    throw damaged(`${path} is not what the backup's manifest says of it`);
}

/** The lines of a file, each without its end; a line feed alone ends one. @throws TributaryError `backup/damaged` where it is gone */
export async function* linesOf(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for await (const piece of piecesOf(path)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') throw damaged(`${path} ends in the middle of a line`);
}

async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of createReadStream(path)) yield piece as Uint8Array;
  } catch (error) {
    throw gone(path, error);
  }
}

export const damaged = (why: string, cause?: unknown): TributaryError =>
  new TributaryError('backup/damaged', why, { cause });

const gone = (path: string, error: unknown): unknown =>
  isCode(error, 'ENOENT') ? damaged(`the backup lacks ${path}`, error) : error;
