/** Adds packed inputs to a sum as their bytes come, and holds each against its owner's signed root. protocol.md §2.4, §6.4 */
import { equalBytes } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder } from '#crypto/merkle.ts';
import { type AggregationParameters, chunkBytes, packedBytes } from '#crypto/parameters.ts';
import type { RingSum } from '#crypto/ring.ts';

/** What an input has to be: signed by its owner. */
export type SignedInput = Readonly<{ member: number; root: Uint8Array }>;

/**
 * Takes one input after another, each in pieces of any length, and keeps one chunk. Where it throws, the sum is spoilt:
 * part of the input may be in it.
 */
export class InputAdder {
  readonly #sum: RingSum;
  readonly #p: AggregationParameters;
  readonly #chunkBytes: number;
  readonly #length: number;
  /** The begin of the next chunk, as far as it came; at the end, the last chunk. */
  readonly #rest: Uint8Array;
  #held = 0;
  #input: SignedInput = { member: 0, root: new Uint8Array(0) };
  #tree = new MerkleBuilder();
  #chunks = 0;

  /** @param w the word size */
  constructor(sum: RingSum, p: AggregationParameters, w: number) {
    this.#sum = sum;
    this.#p = p;
    this.#chunkBytes = chunkBytes(p, w);
    this.#length = packedBytes(p, w);
    this.#rest = new Uint8Array(this.#chunkBytes);
  }

  /** From here on pieces are of this input. */
  begin(input: SignedInput): void {
    this.#input = input;
    this.#tree = new MerkleBuilder();
    this.#chunks = 0;
    this.#held = 0;
  }

  /**
   * @param piece is not kept: its memory may be used again
   * @throws TributaryError `vector/length` as soon as there are too many bytes
   */
  push(piece: Uint8Array): void {
    const size = this.#chunkBytes;
    if (this.#chunks * size + this.#held + piece.length > this.#length) throw this.#wrongLength('more');
    let at = 0;
    // A chunk is added once there is more: the last one waits for the end, when the root is known.
    while (this.#held + piece.length - at > size) {
      if (this.#held === 0) {
        this.#add(piece.subarray(at, at + size));
        at += size;
      } else {
        const missing = size - this.#held;
        this.#rest.set(piece.subarray(at, at + missing), this.#held);
        this.#held = 0;
        at += missing;
        this.#add(this.#rest);
      }
    }
    this.#rest.set(piece.subarray(at), this.#held);
    this.#held += piece.length - at;
  }

  /**
   * To be called after the last piece.
   * @throws TributaryError `vector/length`, `vector/padding`, `evidence/other-input` if its root is another one
   */
  end(): void {
    if (this.#chunks * this.#chunkBytes + this.#held !== this.#length) throw this.#wrongLength('less');
    const last = this.#rest.subarray(0, this.#held);
    this.#tree.push(last);
    if (!equalBytes(this.#tree.root(), this.#input.root)) {
      throw new TributaryError(
        'evidence/other-input',
        `the input of member ${this.#input.member} is not the one that it signed`,
      );
    }
    this.#sum.addChunk(this.#chunks * this.#p.chunkWords, last);
  }

  #add(chunk: Uint8Array): void {
    this.#tree.push(chunk);
    this.#sum.addChunk(this.#chunks * this.#p.chunkWords, chunk);
    this.#chunks += 1;
  }

  #wrongLength(than: string): TributaryError {
    return new TributaryError(
      'vector/length',
      `the packed vector of member ${this.#input.member} has ${than} than the ${this.#length} bytes that are due`,
    );
  }
}
