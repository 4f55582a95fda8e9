/**
 * Sums of words modulo 2^w: of whole vectors, or of chosen coordinates only. What is done with masks
 * (masking.ts) works on either, so that a spot check runs the code of the full sum. protocol.md §2.3, §6.4
 */
import { TributaryError } from './error.ts';
import { checkPacked, wordAt } from './packing.ts';
import { maskAt, maskStream, PIECE_WORDS } from './prg.ts';
import { addWords, subtractWords } from './wasm/plain-words.ts';
import { type SumMemory, sumMemory } from './wasm/sum-memory.ts';

/** The mask that a key expands to, and whether it is subtracted from a sum or added. */
export type Mask = Readonly<{ key: Uint8Array; subtract: boolean }>;

/** Ciphers that run at a time. */
const MASKS_AT_ONCE = 64;

/** A sum to which masks and inputs are added. */
export type RingSum = Readonly<{
  /** Adds and subtracts masks. */
  applyMasks(masks: readonly Mask[]): void;
  /** Adds a packed input of `dimension` words. @throws TributaryError `vector/length`, `vector/padding` */
  addPacked(packed: Uint8Array): void;
  /**
   * Adds one packed chunk at its place, for inputs that arrive in chunks; the caller counts them.
   * @param firstWord the coordinate of the chunk's first word
   * @throws TributaryError `vector/length` if the chunk is no whole number of words or passes the end,
   *   `vector/padding`
   */
  addChunk(firstWord: number, chunk: Uint8Array): void;
  /** The sum so far, modulo 2^w, in a new array. */
  words(): Uint32Array;
}>;

/** A sum of whole vectors. */
export class RingAccumulator implements RingSum {
  readonly #memory: SumMemory;
  readonly #w: number;

  /**
   * @param w the word size, 1 … 32 bits
   * @param memory of `dimension` words, all zero
   */
  constructor(dimension: number, w: number, memory = sumMemory(dimension)) {
    this.#memory = memory;
    this.#w = w;
  }

  /** Adds `dimension` words. @throws TributaryError `vector/length` */
  addWords(words: Uint32Array): void {
    const sum = this.#memory.words;
    if (words.length !== sum.length) throw wrongLength(words.length, sum.length);
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    for (let at = 0; at < sum.length; at += PIECE_WORDS) {
      const count = Math.min(PIECE_WORDS, sum.length - at);
      this.#memory.window.set(bytes.subarray(4 * at, 4 * (at + count)));
      this.#memory.add(at, count);
    }
  }

  addPacked(packed: Uint8Array): void {
    const dimension = this.#memory.words.length;
    checkPacked(packed, dimension, this.#w);
    this.#addPieces(0, dimension, packed);
  }

  addChunk(firstWord: number, chunk: Uint8Array): void {
    const count = countOf(firstWord, chunk, this.#memory.words.length, this.#w);
    this.#addPieces(firstWord, count, chunk);
  }

  /** Piece by piece, all masks to a piece while the processor's cache holds it. */
  applyMasks(masks: readonly Mask[]): void {
    const { window, words } = this.#memory;
    for (let first = 0; first < masks.length; first += MASKS_AT_ONCE) {
      const streams = masks
        .slice(first, first + MASKS_AT_ONCE)
        .map(({ key, subtract }) => ({ stream: maskStream(key), subtract }));
      for (let at = 0; at < words.length; at += PIECE_WORDS) {
        const count = Math.min(PIECE_WORDS, words.length - at);
        const piece = count === PIECE_WORDS ? window : window.subarray(0, 4 * count);
        for (const { stream, subtract } of streams) {
          stream.fill(piece);
          if (subtract) this.#memory.subtract(at, count);
          else this.#memory.add(at, count);
        }
      }
    }
  }

  words(): Uint32Array {
    return reduced(this.#memory.words.slice(), this.#w);
  }

  /** The words without a copy of them: to be called last, for what is added afterwards changes them. */
  lastWords(): Uint32Array {
    return reduced(this.#memory.words, this.#w);
  }

  #addPieces(firstWord: number, count: number, packed: Uint8Array): void {
    const memory = this.#memory;
    const pieceBytes = (PIECE_WORDS * this.#w) / 8;
    for (let done = 0, start = 0; done < count; done += PIECE_WORDS, start += pieceBytes) {
      memory.window.set(packed.subarray(start, start + pieceBytes));
      memory.addPacked(firstWord + done, Math.min(PIECE_WORDS, count - done), this.#w);
    }
  }
}

/** A sum at chosen coordinates: what a participant or auditor recomputes to check a sum it was told. */
export class CoordinateSum implements RingSum {
  readonly #coordinates: readonly number[];
  readonly #dimension: number;
  readonly #w: number;
  readonly #sum: Uint32Array;

  /** @throws TributaryError `vector/coordinate` unless every coordinate is an integer, 0 ≤ c < dimension */
  constructor(coordinates: readonly number[], dimension: number, w: number) {
    const outside = coordinates.find((c) => !Number.isInteger(c) || c < 0 || c >= dimension);
    if (outside !== undefined) {
      throw new TributaryError('vector/coordinate', `there is no coordinate ${outside} among ${dimension}`);
    }
    this.#coordinates = [...coordinates];
    this.#dimension = dimension;
    this.#w = w;
    this.#sum = new Uint32Array(coordinates.length);
  }

  addPacked(packed: Uint8Array): void {
    checkPacked(packed, this.#dimension, this.#w);
    this.#addWords(0, this.#dimension, packed);
  }

  addChunk(firstWord: number, chunk: Uint8Array): void {
    this.#addWords(firstWord, countOf(firstWord, chunk, this.#dimension, this.#w), chunk);
  }

  applyMasks(masks: readonly Mask[]): void {
    for (const { key, subtract } of masks) {
      const words = maskAt(key, this.#coordinates);
      if (subtract) subtractWords(this.#sum, 0, words, words.length);
      else addWords(this.#sum, 0, words, words.length);
    }
  }

  words(): Uint32Array {
    return reduced(this.#sum.slice(), this.#w);
  }

  #addWords(firstWord: number, count: number, packed: Uint8Array): void {
    const words = this.#coordinates.map((c) =>
      c >= firstWord && c < firstWord + count ? wordAt(packed, c - firstWord, this.#w) : 0,
    );
    addWords(this.#sum, 0, Uint32Array.from(words), words.length);
  }
}

/** How many words a chunk at this place has. @throws TributaryError `vector/length`, `vector/padding` */
function countOf(firstWord: number, chunk: Uint8Array, dimension: number, w: number): number {
  const count = Math.min(dimension - firstWord, Math.floor((chunk.length * 8) / w));
  if (count <= 0) throw wrongLength(firstWord, dimension);
  checkPacked(chunk, count, w);
  return count;
}

/** The same array, its words modulo 2^w. */
function reduced(words: Uint32Array, w: number): Uint32Array {
  const signed = new Int32Array(words.buffer, words.byteOffset, words.length);
  const mask = (2 ** w - 1) | 0;
  for (let i = 0; i < signed.length; i++) signed[i] = (signed[i] ?? 0) & mask;
  return words;
}

function wrongLength(found: number, expected: number): TributaryError {
  return new TributaryError('vector/length', `${found} words where the vector has ${expected}`);
}
