/** Sums modulo 2^w, whole and at chosen coordinates. docs/protocol.md §2.3 */
import { expect } from 'chai';
import fc from 'fast-check';

import { utf8 } from '#crypto/bytes.ts';
import { pack } from '#crypto/packing.ts';
import { maskPieces, PIECE_WORDS } from '#crypto/prg.ts';
import { seededRng } from '#crypto/random.ts';
import { CoordinateSum, type Mask, RingAccumulator } from '#crypto/ring.ts';

import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const rng = seededRng(utf8('ring'));
const [key, other] = [rng.bytes(32), rng.bytes(32)];

const plus = (of: Uint8Array): Mask => ({ key: of, subtract: false });
const minus = (of: Uint8Array): Mask => ({ key: of, subtract: true });

describe('a ring sum', () => {
  it('wraps at w bits', () => {
    const sum = new RingAccumulator(3, 10);
    sum.addWords(Uint32Array.of(1023, 512, 5));
    sum.addWords(Uint32Array.of(1, 511, 1020));
    expect([...sum.words()]).to.deep.equal([0, 1023, 1]);
  });

  it('wraps at 32 bits', () => {
    const sum = new RingAccumulator(1, 32);
    sum.addWords(Uint32Array.of(2 ** 32 - 1));
    sum.addWords(Uint32Array.of(2 ** 31));
    expect([...sum.words()]).to.deep.equal([2 ** 31 - 1]);
  });

  it('gives its words without letting go of them', () => {
    const sum = new RingAccumulator(1, 10);
    sum.words()[0] = 7;
    expect([...sum.words()]).to.deep.equal([0]);
  });

  it('adds and subtracts a mask, over several pieces', () => {
    const dimension = PIECE_WORDS + 3;
    const mask = [...maskPieces(key, dimension)].flatMap((piece) => [...piece]);
    const sum = new RingAccumulator(dimension, 12);
    sum.applyMasks([plus(key)]);
    expect([...sum.words()]).to.deep.equal(mask.map((word) => word % 4096));
    sum.applyMasks([plus(other)]);
    sum.applyMasks([minus(key)]);
    sum.applyMasks([minus(other)]);
    expect(sum.words().every((word) => word === 0)).to.equal(true);
    sum.applyMasks([minus(key)]);
    expect([...sum.words()]).to.deep.equal(mask.map((word) => (4096 - (word % 4096)) % 4096));
  });

  it('adds packed inputs of any length and size', () => {
    for (const w of [10, 19, 27, 32]) {
      for (const dimension of [1, 7, PIECE_WORDS, PIECE_WORDS + 9]) {
        const words = Uint32Array.from({ length: dimension }, (_, i) => (i * 2654435761) % 2 ** w);
        const sum = new RingAccumulator(dimension, w);
        sum.addPacked(pack(words, w));
        sum.addPacked(pack(words, w));
        expect([...sum.words()]).to.deep.equal([...words].map((word) => (2 * word) % 2 ** w));
      }
    }
  });

  it('adds chunks at their places, in any order', () => {
    const words = Uint32Array.from({ length: 21 }, (_, i) => 50 * i);
    const packed = pack(words, 11);
    const sum = new RingAccumulator(21, 11);
    sum.addChunk(16, packed.subarray(22));
    sum.addChunk(0, packed.subarray(0, 11));
    sum.addChunk(8, packed.subarray(11, 22));
    expect([...sum.words()]).to.deep.equal([...words]);
  });

  it('refuses words, vectors and chunks of another length', () => {
    const sum = new RingAccumulator(21, 11);
    const wrong = [
      () => sum.addWords(new Uint32Array(20)),
      () => sum.addWords(new Uint32Array(22)),
      () => sum.addPacked(new Uint8Array(28)),
      () => sum.addPacked(new Uint8Array(30)),
      () => sum.addChunk(21, new Uint8Array(11)),
      () => sum.addChunk(0, new Uint8Array(0)),
      () => sum.addChunk(16, new Uint8Array(11)),
      () => new CoordinateSum([3], 21, 11).addPacked(new Uint8Array(30)),
    ];
    expect(wrong.map(codeOf)).to.deep.equal(wrong.map(() => 'vector/length'));
    expect(sum.words().every((word) => word === 0)).to.equal(true);
  });

  it('refuses set bits that belong to no word', () => {
    const packed = pack(new Uint32Array(21), 11);
    packed[28] = 0x80;
    expect(codeOf(() => new RingAccumulator(21, 11).addPacked(packed))).to.equal('vector/padding');
    expect(codeOf(() => new RingAccumulator(21, 11).addChunk(16, packed.subarray(22)))).to.equal(
      'vector/padding',
    );
    expect(codeOf(() => new CoordinateSum([0], 21, 11).addPacked(packed))).to.equal('vector/padding');
  });
});

describe('a sum at coordinates', () => {
  it('is the whole sum there', () => {
    const shape = fc.record({
      w: fc.integer({ min: 8, max: 32 }),
      dimension: fc.integer({ min: 1, max: 60 }),
      picks: fc.array(fc.nat(1000), { maxLength: 8 }),
    });
    fc.assert(
      fc.property(shape, ({ w, dimension, picks }) => {
        const coordinates = picks.map((pick) => pick % dimension);
        const [whole, some] = [
          new RingAccumulator(dimension, w),
          new CoordinateSum(coordinates, dimension, w),
        ];
        const input = Uint32Array.from({ length: dimension }, (_, i) => (i * 40_503 + 17) % 2 ** w);
        for (const sum of [whole, some]) {
          sum.addPacked(pack(input, w));
          sum.applyMasks([plus(key)]);
          sum.applyMasks([minus(other)]);
          sum.addPacked(pack(input, w));
        }
        const words = [...whole.words()];
        expect([...some.words()]).to.deep.equal(coordinates.map((c) => at(words, c)));
      }),
      { seed: 11 },
    );
  });

  it('does not follow the list of coordinates that it was given', () => {
    const coordinates = [2];
    const sum = new CoordinateSum(coordinates, 3, 10);
    coordinates[0] = 0;
    sum.addPacked(pack(Uint32Array.of(5, 6, 7), 10));
    expect([...sum.words()]).to.deep.equal([7]);
  });

  for (const coordinate of [-1, 21, 0.5, NaN]) {
    it(`has no coordinate ${coordinate} of 21`, () => {
      expect(codeOf(() => new CoordinateSum([0, coordinate], 21, 11))).to.equal('vector/coordinate');
    });
  }
});
