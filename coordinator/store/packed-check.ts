/** A packed vector held against its length, padding and root as it comes: no chunk of it is ever kept. protocol.md §1.4, §2.4 */
import { createHash } from 'node:crypto';
import { toHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder } from '#crypto/merkle.ts';
import { chunkBytes, packedBytes, type AggregationParameters } from '#crypto/parameters.ts';
import { checkPacked } from '#crypto/packing.ts';
import { Sealer } from '#model/unmasking/seal.ts';

/**
 * Passes a packed vector on as it comes, checked and hashed on the way: a thousand may come in at once.
 *
 * @param w the word size of the roster
 * @throws in its pieces, TributaryError `vector/length`, `vector/padding`
 */
export function inspect(body: AsyncIterable<Uint8Array>, parameters: AggregationParameters, w: number) {
  const chunks = new ChunkTree(chunkBytes(parameters, w));
  const sealer = new Sealer();
  const push = (piece: Uint8Array): void => {
    chunks.push(piece);
    sealer.push(piece);
  };
  return {
    pieces: checkedPieces(body, parameters, w, push),
    root: () => toHex(chunks.root()),
    seal: () => sealer.seal(),
  };
}

async function* checkedPieces(
  body: AsyncIterable<Uint8Array>,
  parameters: AggregationParameters,
  w: number,
  push: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const expected = packedBytes(parameters, w);
  let received = 0;
  let last = 0;
  for await (const piece of body) {
    received += piece.length;
    if (received > expected) throw wrongLength('more', expected);
    push(piece);
    last = piece.at(-1) ?? last;
    yield piece;
  }
  if (received < expected) throw wrongLength(`only ${received}`, expected);
  // Of the last byte alone, its bits as words.
  const unused = 8 * expected - parameters.dimension * w;
  checkPacked(Uint8Array.of(last), 8 - unused, 1);
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
