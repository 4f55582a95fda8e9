/** The mask of a key. docs/protocol.md §3.4 */
import { createCipheriv } from 'node:crypto';

import { expect } from 'chai';

import { utf8 } from '#crypto/bytes.ts';
import { maskAt, maskPieces, PIECE_WORDS } from '#crypto/prg.ts';
import { seededRng } from '#crypto/random.ts';
import { maskOf } from '#test/support/reference/keys.ts';

import { at, digits } from './replay/load.ts';

const key = seededRng(utf8('prg')).bytes(32);

/** The keystream in one call, read word by word. */
function stream(dimension: number): number[] {
  const bytes = createCipheriv('aes-256-ctr', key, new Uint8Array(16)).update(new Uint8Array(4 * dimension));
  return Array.from({ length: dimension }, (_, c) => bytes.readUInt32LE(4 * c));
}

const whole = (dimension: number): number[] => [...maskPieces(key, dimension)].flatMap((piece) => [...piece]);

describe('a mask', () => {
  for (const dimension of [1, 3, 4, 5, 63]) {
    it(`of ${dimension} words is the reference's`, () => {
      expect(whole(dimension)).to.deep.equal(maskOf(digits(key), dimension, 32).map(Number));
    });
  }

  it('runs on across its pieces', () => {
    const dimension = 2 * PIECE_WORDS + 7;
    expect([...maskPieces(key, dimension)].map((piece) => piece.length)).to.deep.equal([
      PIECE_WORDS,
      PIECE_WORDS,
      7,
    ]);
    expect(whole(dimension)).to.deep.equal(stream(dimension));
  });

  it('is the same at chosen coordinates, in any order and repeated', () => {
    const dimension = PIECE_WORDS + 100;
    const words = stream(dimension);
    const coordinates = [0, 1, 2, 3, 4, 7, 8, dimension - 1, PIECE_WORDS, PIECE_WORDS - 1, 5, 5];
    expect([...maskAt(key, coordinates)]).to.deep.equal(coordinates.map((c) => at(words, c)));
    expect([...maskAt(key, [])]).to.deep.equal([]);
  });

  it('can be had at a coordinate past 2^32 bytes', () => {
    const c = 2 ** 30 + 5;
    const counter = new Uint8Array(16);
    new DataView(counter.buffer).setUint32(12, 2 ** 28 + 1);
    const block = createCipheriv('aes-256-ctr', key, counter).update(new Uint8Array(16));
    expect([...maskAt(key, [c])]).to.deep.equal([block.readUInt32LE(4)]);
  });
});
