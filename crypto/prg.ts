/** The mask that a key expands to: one 32-bit word a coordinate. protocol.md §3.4 */
import { platform } from '#platform';

import { bigEndian } from './bytes.ts';
import type { KeyStream } from './platform/interface.ts';

const BLOCK = 16;
const WORD = 4;
const WORDS_PER_BLOCK = BLOCK / WORD;

/** Words of a piece: 64 KiB. Much larger pieces are ten times slower, by allocation; smaller ones by more calls. */
export const PIECE_WORDS = 16_384;

/** A key's mask from its start: little-endian words, which whoever reads them takes in pieces of whole words. */
export function maskStream(key: Uint8Array): KeyStream {
  return platform.aesCtrStream(key, new Uint8Array(BLOCK));
}

/**
 * A key's mask from its start, in pieces of at most `PIECE_WORDS` words, `dimension` words together. They are
 * not reduced: word arithmetic modulo 2^32 may be reduced modulo 2^w at its end.
 */
export function* maskPieces(key: Uint8Array, dimension: number): Generator<Uint32Array> {
  const stream = maskStream(key);
  for (let done = 0; done < dimension; done += PIECE_WORDS) {
    yield toWords(stream.next(WORD * Math.min(PIECE_WORDS, dimension - done)));
  }
}

/** A key's mask at chosen coordinates, in their order; not reduced. Costs one AES block each. */
export function maskAt(key: Uint8Array, coordinates: readonly number[]): Uint32Array {
  const counters = new Uint8Array(coordinates.length * BLOCK);
  for (const [i, c] of coordinates.entries()) {
    counters.set(bigEndian(Math.floor(c / WORDS_PER_BLOCK), BLOCK), i * BLOCK);
  }
  const words = toWords(platform.aesBlocks(key, counters));
  return Uint32Array.from(coordinates, (c, i) => words[i * WORDS_PER_BLOCK + (c % WORDS_PER_BLOCK)] ?? 0);
}

/** Little-endian, as the typed arrays of every platform that is built for are. The platform gives whole memory. */
function toWords(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / WORD);
}
