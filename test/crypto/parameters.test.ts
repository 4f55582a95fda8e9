/** Parameters, and what follows from them. docs/protocol.md §2, §3.7 */
import { expect } from 'chai';

import {
  type AggregationParameters,
  checkParameters,
  checkWeight,
  chunkBytes,
  halfRange,
  packedBytes,
  threshold,
  wordBits,
} from '#crypto/parameters.ts';

import { codeOf } from './refusal.ts';

const good: AggregationParameters = {
  bits: 16,
  clip: 2.5,
  range: 2.5,
  dimension: 1000,
  maxWeight: 1024,
  chunkWords: 64,
};

describe('parameters', () => {
  const accepted: Partial<AggregationParameters>[] = [
    {},
    { bits: 8 },
    { bits: 20 },
    { clip: 2 ** -100 },
    { clip: 2 ** 100 },
    { range: 2 ** -100 },
    { range: 2 ** 100 },
    { dimension: 1 },
    { dimension: 2 ** 30 },
    { maxWeight: 1 },
    { maxWeight: 2 ** 32 },
    { chunkWords: 8 },
    { chunkWords: 65_536 },
  ];
  for (const field of accepted) {
    it(`may be ${JSON.stringify(field)}`, () => {
      expect(codeOf(() => checkParameters({ ...good, ...field }))).to.equal(undefined);
    });
  }

  const refused: Record<string, Partial<AggregationParameters>[]> = {
    'parameters/bits': [{ bits: 7 }, { bits: 21 }, { bits: 8.5 }, { bits: NaN }],
    'parameters/clip': [{ clip: 0 }, { clip: -1 }, { clip: NaN }, { clip: Infinity }, { clip: 2 ** -101 }],
    'parameters/range': [
      { range: 0 },
      { range: -1 },
      { range: NaN },
      { range: 2 ** 101 },
      { range: 2 ** -101 },
    ],
    'parameters/dimension': [
      { dimension: 0 },
      { dimension: 1.5 },
      { dimension: 2 ** 30 + 1 },
      { dimension: NaN },
    ],
    'parameters/max-weight': [{ maxWeight: 0 }, { maxWeight: 3 }, { maxWeight: 2 ** 33 }, { maxWeight: 0.5 }],
    'parameters/chunk-words': [{ chunkWords: 4 }, { chunkWords: 12 }, { chunkWords: 131_072 }],
  };
  for (const [code, fields] of Object.entries(refused)) {
    it(`are refused by ${code}`, () => {
      const codes = fields.map((field) => codeOf(() => checkParameters({ ...good, ...field })));
      expect(codes).to.deep.equal(fields.map(() => code));
    });
  }

  it('allow weights that are powers of two up to the largest', () => {
    for (const weight of [1, 2, 512, 1024])
      expect(codeOf(() => checkWeight(weight, good))).to.equal(undefined);
    for (const weight of [0, -1, 3, 0.5, 2048, NaN]) {
      expect(codeOf(() => checkWeight(weight, good))).to.equal('parameters/weight');
    }
  });
});

describe('thresholds', () => {
  it('are just above two thirds, of rosters of 3 to 100', () => {
    const expected = [
      [3, 3],
      [4, 3],
      [5, 4],
      [6, 5],
      [7, 5],
      [8, 6],
      [9, 7],
      [10, 7],
      [99, 67],
      [100, 67],
    ] as const;
    expect(expected.map(([n]) => threshold(n))).to.deep.equal(expected.map(([, t]) => t));
  });

  it('leave room for one confirmed set only, with fewer than a third corrupt', () => {
    for (let n = 3; n <= 100; n++) {
      const corrupt = Math.ceil(n / 3) - 1;
      expect(2 * threshold(n)).to.be.greaterThan(n + corrupt);
      expect(threshold(n)).to.be.at.most(n);
    }
  });

  for (const n of [0, 1, 2, 101, 3.5, NaN]) {
    it(`refuse a roster of ${n}`, () => expect(codeOf(() => threshold(n))).to.equal('parameters/cohort'));
  }
});

describe('word size', () => {
  it('is the bits and the rounded logarithm of the roster', () => {
    const expected = [
      [3, 10],
      [4, 10],
      [5, 11],
      [8, 11],
      [9, 12],
      [64, 14],
      [65, 15],
      [100, 15],
    ] as const;
    expect(expected.map(([n]) => wordBits(8, n))).to.deep.equal(expected.map(([, w]) => w));
  });

  it('holds the largest sum of any roster', () => {
    for (let n = 3; n <= 100; n++) {
      for (let bits = 8; bits <= 20; bits++) {
        expect(n * 2 * halfRange(bits)).to.be.below(2 ** wordBits(bits, n));
      }
    }
  });

  it('is at most 32', () => {
    expect(wordBits(20, 4096)).to.equal(32);
    expect(codeOf(() => wordBits(20, 4097))).to.equal('parameters/ring-too-wide');
  });
});

describe('sizes', () => {
  it('are those of the bit stream', () => {
    expect(halfRange(8)).to.equal(127);
    expect(halfRange(20)).to.equal(524_287);
    expect(chunkBytes(good, 19)).to.equal(152);
    expect(packedBytes({ ...good, dimension: 3 }, 19)).to.equal(8);
    expect(packedBytes({ ...good, dimension: 8 }, 19)).to.equal(19);
  });
});
