/** Words of w bits as a little-endian bit stream, its chunks and their Merkle root. protocol.md §2.4 */
import { TributaryError } from './error.ts';
import { MerkleBuilder } from './merkle.ts';
import { type AggregationParameters, chunkBytes, packedBytes } from './parameters.ts';

/**
 * Packs words into ⌈words · w / 8⌉ bytes; unused bits of the last byte are zero.
 * @throws TributaryError `vector/word` if a word needs more than w bits
 */
export function pack(words: Uint32Array, w: number): Uint8Array {
  const out = new Uint32Array(Math.ceil((words.length * w) / 32));
  let pending = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    if (w < 32 && word >>> w !== 0) {
      throw new TributaryError('vector/word', `a word needs more than ${w} bits: reduce it first`);
    }
    pending |= word << held;
    held += w;
    if (held < 32) continue;
    out[at++] = pending;
    held -= 32;
    // Of this word, w − held bits are written. JavaScript shifts by the count modulo 32.
    pending = held === 0 ? 0 : word >>> (w - held);
  }
  if (held > 0) out[at] = pending;
  return new Uint8Array(out.buffer, 0, Math.ceil((words.length * w) / 8));
}

/**
 * The `count` words of a packed vector or chunk.
 * @throws TributaryError `vector/length` unless the bytes are just as many as `count` words need,
 *   `vector/padding` if an unused bit is set
 */
export function unpack(bytes: Uint8Array, count: number, w: number): Uint32Array {
  checkPacked(bytes, count, w);
  const stream = new Uint32Array(Math.ceil((count * w) / 32));
  new Uint8Array(stream.buffer).set(bytes);
  const mask = 2 ** w - 1;
  let pending = 0;
  let held = 0;
  let at = 0;
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    if (held >= w) {
      words[i] = pending & mask;
      pending >>>= w;
      held -= w;
      continue;
    }
    const next = stream[at++] ?? 0;
    words[i] = (pending | (next << held)) & mask;
    const taken = w - held;
    pending = taken === 32 ? 0 : next >>> taken;
    held = 32 - taken;
  }
  return words;
}

/** The word at one place of a packed vector, whose length was checked. */
export function wordAt(bytes: Uint8Array, index: number, w: number): number {
  const firstBit = index * w;
  const lastBit = firstBit + w - 1;
  let word = 0;
  for (let byte = Math.floor(lastBit / 8); byte >= Math.floor(firstBit / 8); byte--) {
    word = word * 256 + (bytes[byte] ?? 0);
  }
  // At most 40 bits were gathered, more than bitwise operators take.
  return Math.floor(word / 2 ** (firstBit % 8)) % 2 ** w;
}

/**
 * Cuts a packed vector into its chunks, which share its memory.
 * @throws TributaryError `vector/length` unless it has the bytes of `dimension` words
 */
export function* chunks(packed: Uint8Array, p: AggregationParameters, w: number): Generator<Uint8Array> {
  if (packed.length !== packedBytes(p, w)) throw wrongLength(packed.length, packedBytes(p, w));
  const length = chunkBytes(p, w);
  for (let start = 0; start < packed.length; start += length) yield packed.subarray(start, start + length);
}

/** The input root: the Merkle root over the chunks. @throws TributaryError `vector/length` */
export function inputRoot(packed: Uint8Array, p: AggregationParameters, w: number): Uint8Array {
  const builder = new MerkleBuilder();
  for (const chunk of chunks(packed, p, w)) builder.push(chunk);
  return builder.root();
}

/**
 * Refuses bytes that are not the one packing of `count` words.
 * @throws TributaryError `vector/length`, `vector/padding`
 */
export function checkPacked(bytes: Uint8Array, count: number, w: number): void {
  const bits = count * w;
  const length = Math.ceil(bits / 8);
  if (bytes.length !== length) throw wrongLength(bytes.length, length);
  const unused = length * 8 - bits;
  if ((bytes.at(-1) ?? 0) >>> (8 - unused) !== 0) {
    throw new TributaryError('vector/padding', 'unused bits of the last byte are set');
  }
}

function wrongLength(found: number, expected: number): TributaryError {
  return new TributaryError(
    'vector/length',
    `the packed vector has ${found} bytes where ${expected} are due`,
  );
}
