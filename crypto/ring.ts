/**
 * Sums of words modulo 2^w: of whole vectors, or of chosen coordinates only. What is done with masks
 * (masking.ts) works on either, so that a spot check runs the code of the full sum. protocol.md §2.3, §6.4
 */
import { TributaryError } from './error.ts';
import { checkPacked, unpack, wordAt } from './packing.ts';
import { maskAt, maskPieces, PIECE_WORDS } from './prg.ts';

/** A sum to which masks and inputs are added. */
export type RingSum = Readonly<{
  /** Adds the mask that a key expands to. */
  addMask(key: Uint8Array): void;
  /** Subtracts it. */
  subtractMask(key: Uint8Array): void;
  /** Adds a packed input of `dimension` words. @throws TributaryError `vector/length`, `vector/padding` */
  addPacked(packed: Uint8Array): void;
  /** The sum so far, modulo 2^w, in a new array. */
  words(): Uint32Array;
}>;

/** A sum of whole vectors. */
export class RingAccumulator implements RingSum {
  readonly #sum: Uint32Array;
  readonly #w: number;

  /** @param w the word size, 1 … 32 bits */
  constructor(dimension: number, w: number) {
    this.#sum = new Uint32Array(dimension);
    this.#w = w;
  }

  /** Adds `dimension` words. @throws TributaryError `vector/length` */
  addWords(words: Uint32Array): void {
    if (words.length !== this.#sum.length) throw wrongLength(words.length, this.#sum.length);
    add(this.#sum, words, 0);
  }

  addPacked(packed: Uint8Array): void {
    const dimension = this.#sum.length;
    checkPacked(packed, dimension, this.#w);
    const pieceBytes = (PIECE_WORDS * this.#w) / 8;
    for (let first = 0, start = 0; first < dimension; first += PIECE_WORDS, start += pieceBytes) {
      this.addChunk(first, packed.subarray(start, start + pieceBytes));
    }
  }

  /**
   * Adds one packed chunk at its place, for inputs that arrive in chunks; the caller counts them.
   * @param firstWord the coordinate of the chunk's first word, a multiple of 8
   * @throws TributaryError `vector/length` if the chunk is no whole number of words or passes the end
   */
  addChunk(firstWord: number, chunk: Uint8Array): void {
    const room = this.#sum.length - firstWord;
    const count = Math.min(room, Math.floor((chunk.length * 8) / this.#w));
    if (count <= 0) throw wrongLength(firstWord, this.#sum.length);
    add(this.#sum, unpack(chunk, count, this.#w), firstWord);
  }

  addMask(key: Uint8Array): void {
    let at = 0;
    for (const piece of maskPieces(key, this.#sum.length)) {
      add(this.#sum, piece, at);
      at += piece.length;
    }
  }

  subtractMask(key: Uint8Array): void {
    let at = 0;
    for (const piece of maskPieces(key, this.#sum.length)) {
      subtract(this.#sum, piece, at);
      at += piece.length;
    }
  }

  words(): Uint32Array {
    return reduced(this.#sum, this.#w);
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
    add(
      this.#sum,
      Uint32Array.from(this.#coordinates, (c) => wordAt(packed, c, this.#w)),
      0,
    );
  }

  addMask(key: Uint8Array): void {
    add(this.#sum, maskAt(key, this.#coordinates), 0);
  }

  subtractMask(key: Uint8Array): void {
    subtract(this.#sum, maskAt(key, this.#coordinates), 0);
  }

  words(): Uint32Array {
    return reduced(this.#sum, this.#w);
  }
}

/** The words modulo 2^w, in a new array. */
function reduced(words: Uint32Array, w: number): Uint32Array {
  const mask = 2 ** w - 1;
  return words.map((word) => word & mask);
}

/** sum[at + i] += words[i] modulo 2^32. A plain loop: the hot path of a round. */
function add(sum: Uint32Array, words: Uint32Array, at: number): void {
  for (let i = 0; i < words.length; i++) sum[at + i] = (sum[at + i] ?? 0) + (words[i] ?? 0);
}

function subtract(sum: Uint32Array, words: Uint32Array, at: number): void {
  for (let i = 0; i < words.length; i++) sum[at + i] = (sum[at + i] ?? 0) - (words[i] ?? 0);
}

function wrongLength(found: number, expected: number): TributaryError {
  return new TributaryError('vector/length', `${found} words where the vector has ${expected}`);
}
