/** The bit stream, its chunks and its root. docs/protocol.md §2.4 */
import { expect } from 'chai';
import fc from 'fast-check';

import { merkleRoot } from '#crypto/merkle.ts';
import { checkPacked, chunks, inputRoot, pack, unpack, wordAt } from '#crypto/packing.ts';
import type { AggregationParameters } from '#crypto/parameters.ts';
import { packedWords } from '#test/support/reference/words.ts';

import { codeOf } from './refusal.ts';
import { at, digits } from './replay/load.ts';

describe('packing', () => {
  it('is a little-endian bit stream', () => {
    // 0x3ff, 0x001, 0x200 at 10 bits: 11111111 11|000001 0000|0000 1000…
    expect(digits(pack(Uint32Array.of(0x3ff, 1, 0x200), 10))).to.equal('ff070020');
  });

  it('is what the reference makes bit by bit, and comes apart again, at every size', () => {
    const shape = fc.integer({ min: 8, max: 32 }).chain((w) =>
      fc.record({
        w: fc.constant(w),
        words: fc.array(fc.integer({ min: 0, max: 2 ** w - 1 }), { maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(shape, ({ w, words }) => {
        const packed = pack(Uint32Array.from(words), w);
        expect(digits(packed)).to.equal(packedWords(words, w));
        expect([...unpack(packed, words.length, w)]).to.deep.equal(words);
        expect(words.map((_, i) => wordAt(packed, i, w))).to.deep.equal(words);
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  it('reads bytes that start anywhere in memory', () => {
    const packed = pack(Uint32Array.of(1000, 2000, 3000), 13);
    const shifted = new Uint8Array(packed.length + 3);
    shifted.set(packed, 3);
    expect([...unpack(shifted.subarray(3), 3, 13)]).to.deep.equal([1000, 2000, 3000]);
  });

  it('refuses a word of more bits than w', () => {
    expect(codeOf(() => pack(Uint32Array.of(0, 1024), 10))).to.equal('vector/word');
    expect(codeOf(() => pack(Uint32Array.of(0, 1023), 10))).to.equal(undefined);
    expect(codeOf(() => pack(Uint32Array.of(2 ** 32 - 1), 32))).to.equal(undefined);
  });

  it('refuses bytes too many or too few for the words', () => {
    for (const length of [0, 3, 5]) {
      expect(codeOf(() => unpack(new Uint8Array(length), 3, 10))).to.equal('vector/length');
      expect(codeOf(() => checkPacked(new Uint8Array(length), 3, 10))).to.equal('vector/length');
    }
  });

  it('refuses any unused bit that is set', () => {
    for (const bit of [0x40, 0x80]) {
      expect(codeOf(() => unpack(Uint8Array.of(0, 0, 0, bit), 3, 10))).to.equal('vector/padding');
    }
    expect([...unpack(Uint8Array.of(0, 0, 0, 0x3f), 3, 10)]).to.deep.equal([0, 0, 1008]);
    expect(codeOf(() => unpack(new Uint8Array(5).fill(255), 4, 10))).to.equal(undefined);
  });
});

describe('chunks', () => {
  const p: AggregationParameters = { bits: 9, clip: 1, range: 1, dimension: 21, maxWeight: 1, chunkWords: 8 };
  const packed = pack(
    Uint32Array.from({ length: 21 }, (_, i) => i * 97),
    11,
  );

  it('hold chunkWords words each, the last the rest', () => {
    const cut = [...chunks(packed, p, 11)];
    expect(cut.map((chunk) => chunk.length)).to.deep.equal([11, 11, 7]);
    expect([...unpack(at(cut, 1), 8, 11)]).to.deep.equal([8, 9, 10, 11, 12, 13, 14, 15].map((i) => i * 97));
    expect([...unpack(at(cut, 2), 5, 11)]).to.deep.equal([16, 17, 18, 19, 20].map((i) => i * 97));
  });

  it('are the leaves of the input root', () => {
    expect(inputRoot(packed, p, 11)).to.deep.equal(merkleRoot([...chunks(packed, p, 11)]));
    const whole = { ...p, chunkWords: 32 };
    expect(inputRoot(packed, whole, 11)).to.deep.equal(merkleRoot([packed]));
  });

  it('are not cut from a vector of another length', () => {
    for (const other of [packed.subarray(1), new Uint8Array(packed.length + 1), new Uint8Array(0)]) {
      expect(codeOf(() => [...chunks(other, p, 11)])).to.equal('vector/length');
      expect(codeOf(() => inputRoot(other, p, 11))).to.equal('vector/length');
    }
  });
});
