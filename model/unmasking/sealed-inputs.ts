/** Adds packed inputs to a sum from files, each held against the seal it got when its root was checked. protocol.md §4.4, §6.4 */
import { closeSync, openSync, readSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { type AggregationParameters, chunkBytes, packedBytes } from '#crypto/parameters.ts';
import type { RingSum } from '#crypto/ring.ts';
import { type Seal, SealCheck } from './seal.ts';

/** A packed input in a file of its own. */
export type SealedFile = Readonly<{ path: string; seal: Seal }>;
export type SealedInput = SealedFile & Readonly<{ member: number }>;

/** Reads one file after another, and keeps one chunk. Where it throws, the sum is spoilt: part of the input may be in it. */
export class SealedInputs {
  readonly #sum: RingSum;
  readonly #chunkWords: number;
  readonly #length: number;
  readonly #chunk: Uint8Array;
  readonly #beyond = new Uint8Array(1);

  /** @param w the word size */
  constructor(sum: RingSum, p: AggregationParameters, w: number) {
    this.#sum = sum;
    this.#chunkWords = p.chunkWords;
    this.#length = packedBytes(p, w);
    this.#chunk = new Uint8Array(Math.min(chunkBytes(p, w), this.#length));
  }

  /**
   * Reads at once, without giving others their turn.
   * @throws TributaryError `storage/vector-damaged` for other bytes than were sealed, `storage/vector-missing`
   */
  add(input: SealedInput): void {
    const check = new SealCheck(input.seal);
    const file = openFile(input);
    try {
      for (let left = this.#length, word = 0; left > 0; word += this.#chunkWords) {
        const chunk = this.#chunk.subarray(0, left);
        if (!filled(chunk, file)) throw otherInput(input);
        check.push(chunk);
        left -= chunk.length;
        // The last chunk is added only once all are known to be what was sealed.
        if (left === 0 && (readSync(file, this.#beyond) > 0 || !check.holds())) throw otherInput(input);
        this.#sum.addChunk(word, chunk);
      }
    } finally {
      closeSync(file);
    }
  }
}

function filled(target: Uint8Array, file: number): boolean {
  for (let at = 0; at < target.length;) {
    const read = readSync(file, target, at, target.length - at, null);
    if (read === 0) return false;
    at += read;
  }
  return true;
}

function openFile({ path, member }: SealedInput): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new TributaryError(
      'storage/vector-missing',
      `the input of member ${member} is gone from disk: restore the coordinator's folder`,
    );
  }
}

const otherInput = ({ member, path }: SealedInput): TributaryError =>
  new TributaryError(
    'storage/vector-damaged',
    `the input of member ${member} is not what was received: ${path} is damaged, restore the coordinator's folder`,
  );
