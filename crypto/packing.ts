/** Words of w bits as a little-endian bit stream, its chunks and their Merkle root. protocol.md §2.4 */
import { TributaryError } from './error.ts';
import { MerkleBuilder } from './merkle.ts';
import { type AggregationParameters, chunkBytes, packedBytes } from './parameters.ts';
import { addPackedWords } from './wasm/plain-words.ts';
import { plainMemory, type SumMemory, sumMemory, WINDOW_WORDS } from './wasm/sum-memory.ts';

/**
 * Packs words into ⌈words · w / 8⌉ bytes; unused bits of the last byte are zero.
 * @throws TributaryError `vector/word` if a word needs more than w bits
 */
export function pack(words: Uint32Array, w: number): Uint8Array {
  refuseWide(words, w);
  const packed = new Uint8Array(Math.ceil((words.length * w) / 8));
  const memory = words.length < WINDOW_WORDS ? plainMemory(words.length) : packingMemory();
  for (let at = 0; at < words.length; at += WINDOW_WORDS) {
    const count = Math.min(WINDOW_WORDS, words.length - at);
    memory.words.set(words.subarray(at, at + count));
    memory.pack(0, count, w);
    packed.set(memory.window.subarray(0, Math.ceil((count * w) / 8)), (at * w) / 8);
  }
  return packed;
}

/**
 * The `count` words of a packed vector or chunk.
 * @throws TributaryError `vector/length` unless the bytes are just as many as `count` words need,
 *   `vector/padding` if an unused bit is set
 */
export function unpack(bytes: Uint8Array, count: number, w: number): Uint32Array {
  checkPacked(bytes, count, w);
  const words = new Uint32Array(count);
  addPackedWords(words, 0, bytes, count, w);
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

function refuseWide(words: Uint32Array, w: number): void {
  let all = 0;
  for (let i = 0; i < words.length; i++) all |= words[i] ?? 0;
  if (w < 32 && all >>> w !== 0) {
    throw new TributaryError('vector/word', `a word needs more than ${w} bits: reduce it first`);
  }
}

let packer: SumMemory | undefined;

/** One for all calls: a long vector goes through it window by window. */
function packingMemory(): SumMemory {
  packer ??= sumMemory(WINDOW_WORDS);
  return packer;
}

function wrongLength(found: number, expected: number): TributaryError {
  return new TributaryError(
    'vector/length',
    `the packed vector has ${found} bytes where ${expected} are due`,
  );
}
