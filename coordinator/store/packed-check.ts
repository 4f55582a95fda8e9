/** A packed vector held against its length, padding and root as it comes: no chunk of it is ever kept. protocol.md §1.4, §2.4 */
import { createHash } from 'node:crypto';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder } from '#crypto/merkle.ts';
import { chunkBytes, packedBytes, type AggregationParameters } from '#crypto/parameters.ts';
import { checkPacked } from '#crypto/packing.ts';
import { Sealer, type Seal } from '#model/unmasking/seal.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Inspection } from '../blobs/blobs.ts';

/** Checks and hashes a packed vector as it comes: a thousand may come in at once. */
export class PackedCheck implements Inspection {
  readonly #expected: number;
  /** Bits of the last byte that are of a weight. */
  readonly #used: number;
  readonly #chunks: ChunkTree;
  readonly #sealer = new Sealer();
  #received = 0;
  #last = 0;

  /** @param w the word size of the roster */
  constructor(parameters: AggregationParameters, w: number) {
    this.#expected = packedBytes(parameters, w);
    this.#used = 8 - (8 * this.#expected - parameters.dimension * w);
    this.#chunks = new ChunkTree(chunkBytes(parameters, w));
  }

  /** @throws TributaryError `vector/length` */
  push(piece: Uint8Array): void {
    this.#received += piece.length;
    if (this.#received > this.#expected) throw wrongLength('more', this.#expected);
    this.#chunks.push(piece);
    this.#sealer.push(piece);
    this.#last = piece.at(-1) ?? this.#last;
  }

  /** @throws TributaryError `vector/length`, `vector/padding` */
  end(): void {
    if (this.#received < this.#expected) throw wrongLength(`only ${this.#received}`, this.#expected);
    // Of the last byte alone, its bits as words.
    checkPacked(Uint8Array.of(this.#last), this.#used, 1);
  }

  /** Of the whole. */
  root(): Bytes32 {
    return toHex(this.#chunks.root()) as Bytes32;
  }

  seal(): Seal {
    return this.#sealer.seal();
  }
}

/** The input root over chunks of which none is ever held: their hashes grow with what comes. protocol.md §1.4, §2.4 */
class ChunkTree {
  readonly #tree = new MerkleBuilder();
  readonly #chunkBytes: number;
  #leaf = beginLeaf();
  #held = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      if (this.#held === this.#chunkBytes) this.#end();
      const taken = piece.subarray(at, at + this.#chunkBytes - this.#held);
      this.#leaf.update(taken);
      this.#held += taken.length;
      at += taken.length;
    }
  }

  root(): Uint8Array {
    this.#end();
    return this.#tree.root();
  }

  #end(): void {
    this.#tree.pushHash(new Uint8Array(this.#leaf.digest()));
    this.#leaf = beginLeaf();
    this.#held = 0;
  }
}

/** As `leafHash` of crypto/merkle.ts begins. */
const beginLeaf = () => createHash('sha256').update(Uint8Array.of(0));

const wrongLength = (found: string, expected: number): TributaryError =>
  new TributaryError(
    'vector/length',
    `the vector has ${found} of the ${expected} bytes due: pack it for this roster`,
  );
