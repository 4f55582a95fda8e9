/** Clipping, quantisation, and the average that comes back. docs/protocol.md §2.1, §2.2, §2.5 */
import { expect } from 'chai';
import fc from 'fast-check';

import { type AggregationParameters, halfRange } from '#crypto/parameters.ts';
import { average, clipToNorm, dequantiseSum, quantise, signedCoordinates } from '#crypto/quantise.ts';

import { utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';

import { codeOf } from './refusal.ts';
import { at } from './replay/load.ts';

const base: AggregationParameters = {
  bits: 8,
  clip: 1,
  range: 1,
  dimension: 3,
  maxWeight: 8,
  chunkWords: 8,
};

const norm = (of: Iterable<number>): number => Math.hypot(...of);

describe('clipping', () => {
  it('scales a long update to the bound, in its direction', () => {
    expect([...clipToNorm(Float64Array.of(3, -4), 2.5)]).to.deep.equal([1.5, -2]);
  });

  it('leaves an update within the bound as it is, and returns a copy', () => {
    const update = Float64Array.of(0.3, -0.4);
    const clipped = clipToNorm(update, 0.5);
    expect([...clipped]).to.deep.equal([0.3, -0.4]);
    expect(clipped).not.to.equal(update);
    expect([...clipToNorm(new Float64Array(2), 1)]).to.deep.equal([0, 0]);
  });

  it('computes in float64 from a float32 update', () => {
    const clipped = clipToNorm(Float32Array.of(3, 1), 1);
    expect(clipped).to.be.instanceOf(Float64Array);
    expect([...clipped]).to.deep.equal([3 * (1 / Math.sqrt(10)), 1 / Math.sqrt(10)]);
  });

  it('does not lose an update whose squares overflow', () => {
    expect([...clipToNorm(Float64Array.of(3e300, 4e300), 5)].map((x) => x.toFixed(12))).to.deep.equal([
      '3.000000000000',
      '4.000000000000',
    ]);
  });

  it('never exceeds the bound but by rounding', () => {
    const update = fc.float64Array({ noNaN: true, noDefaultInfinity: true, minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(update, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (of, clip) => {
        expect(norm(clipToNorm(of, clip))).to.be.at.most(clip * (1 + 1e-12));
      }),
      { seed: 6 },
    );
  });

  for (const bad of [NaN, Infinity, -Infinity]) {
    it(`refuses ${bad}`, () => {
      expect(codeOf(() => clipToNorm(Float64Array.of(0, bad), 1))).to.equal('vector/not-finite');
      expect(codeOf(() => quantise(Float32Array.of(0, bad, 0), 1, base))).to.equal('vector/not-finite');
    });
  }
});

describe('quantisation', () => {
  it('maps zero of either sign to exactly L', () => {
    for (let bits = 8; bits <= 20; bits++) {
      const words = quantise(Float64Array.of(0, -0, Number.MIN_VALUE), 8, { ...base, bits });
      expect([...words]).to.deep.equal([1, 1, 1].map(() => halfRange(bits)));
    }
  });

  it('rounds an update whose squares are large as the others', () => {
    // Above 2^400 the norm is computed in another way.
    for (const scale of [2 ** 399, 2 ** 400, 2 ** 401, 2 ** 600]) {
      const update = Float64Array.of(3 * scale, 0, -4 * scale);
      expect([...quantise(update, 8, base)]).to.deep.equal([203, 127, 25]);
    }
  });

  it('clips first, so that nothing saturates when range is no less than clip', () => {
    // ‖(300, 0, 400)‖ = 500: clipped to (0.6, 0, 0.8).
    expect([...quantise(Float64Array.of(300, 0, 400), 8, base)]).to.deep.equal([203, 127, 229]);
  });

  it('applies the weight after clipping', () => {
    expect([...quantise(Float64Array.of(300, 0, 400), 4, base)]).to.deep.equal([165, 127, 178]);
  });

  it('saturates at both ends where range is below clip', () => {
    expect([...quantise(Float64Array.of(5, -5, 0.5), 8, { ...base, clip: 100 })]).to.deep.equal([
      254, 0, 191,
    ]);
  });

  it('is off by at most half a step for every coordinate in range', () => {
    const shapes = fc.record({
      bits: fc.integer({ min: 8, max: 20 }),
      clip: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      scale: fc.double({ min: 0, max: 2, noNaN: true }),
      update: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 16 }),
      power: fc.nat(3),
      wider: fc.double({ min: 1, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(shapes, ({ bits, clip, scale, update, power, wider }) => {
        const p = { ...base, bits, clip, range: clip * wider, dimension: update.length };
        const delta = Float64Array.from(update, (x) => x * scale * clip);
        const [L, weight] = [halfRange(bits), 2 ** power];
        const words = quantise(delta, weight, p);
        for (const [c, x] of clipToNorm(delta, clip).entries()) {
          const weighted = x * (weight / p.maxWeight);
          const word = at([...words], c);
          const restored = (word - L) * (p.range / L);
          expect(word).to.be.within(0, 2 * L);
          expect(Math.abs(weighted - restored)).to.be.at.most(p.range / (2 * L) + p.range * 2 ** -50);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  for (const length of [2, 4]) {
    it(`refuses an update of ${length} coordinates for a model of 3`, () => {
      expect(codeOf(() => quantise(new Float32Array(length), 1, base))).to.equal('vector/length');
    });
  }

  it('refuses a weight that is no bucket of the job', () => {
    for (const weight of [0, 3, 16]) {
      expect(codeOf(() => quantise(new Float32Array(3), weight, base))).to.equal('parameters/weight');
    }
  });
});

describe('rounding by chance', () => {
  const many = 40_000;
  const p: AggregationParameters = { ...base, bits: 16, dimension: many };
  const L = halfRange(p.bits);

  /** Of `many` coordinates that are all x, clipped by nothing: each word, from a seed. */
  const wordsOf = (x: number, seed: string, of = p): Uint32Array =>
    quantise(new Float64Array(many).fill(x), 8, { ...of, clip: 2 ** 60 }, seededRng(utf8(seed)));

  it('is up or down to a neighbour on the grid, and as often up as what is cut off says', () => {
    // Of 40,000 coins a mean is off by more than six deviations, at most 0.015, once in 500 million times.
    for (const [i, steps] of [-32766.75, -1000.5, -0.25, 0.001, 0.5, 7.9, 32766.999].entries()) {
      const words = wordsOf((steps / L) * p.range, `chance ${i}`);
      const down = Math.floor(steps) + L;
      expect([...new Set(words)].every((word) => word === down || word === down + 1)).to.equal(true);
      const mean = words.reduce((sum, word) => sum + word, 0) / many;
      expect(mean - L).to.be.closeTo(steps, 0.015);
    }
  });

  it('leaves what is on the grid where it is, both ends and zero too', () => {
    for (const bits of [8, 16, 20]) {
      const half = halfRange(bits);
      for (const range of [1, 0.3, 2 ** 100, 2 ** -100]) {
        const of = { ...p, bits, range };
        const expected = [
          [range, 2 * half],
          [-range, 0],
          [0, half],
          [-0, half],
          [7 * range, 2 * half],
          [-7 * range, 0],
        ] as const;
        for (const [x, word] of expected) {
          const few = { ...of, dimension: 50, clip: 2 ** 120 };
          const words = quantise(new Float64Array(50).fill(x), 8, few, seededRng(utf8('grid')));
          expect([...new Set(words)], `${bits} ${range} ${x}`).to.deep.equal([word]);
        }
      }
    }
  });

  it('is unbiased at the clipping bound, where range is that bound', () => {
    // One coordinate has all of the norm; its weight makes it half the range, between two of the grid.
    const clipped = { ...base, bits: 8, dimension: 1 };
    const rng = seededRng(utf8('bound'));
    for (const sign of [1, -1]) {
      const words = Array.from(
        { length: 2_000 },
        () => quantise(Float64Array.of(9 * sign), 4, clipped, rng)[0]!,
      );
      expect(new Set(words)).to.deep.equal(new Set(sign > 0 ? [190, 191] : [63, 64]));
      const mean = words.reduce((sum, word) => sum + word - 127, 0) / words.length;
      // Six deviations of the mean of 2,000 coins.
      expect(mean).to.be.closeTo(63.5 * sign, 0.068);
    }
  });

  it('is another one for each draw, and the same for the same', () => {
    expect(wordsOf(0.1, 'a')).to.deep.equal(wordsOf(0.1, 'a'));
    expect(wordsOf(0.1, 'a')).not.to.deep.equal(wordsOf(0.1, 'b'));
    const rng = seededRng(utf8('a'));
    const draw = (): Uint32Array => quantise(new Float64Array(many).fill(0.1), 8, p, rng);
    expect(draw()).not.to.deep.equal(draw());
  });

  it('treats coordinates one by one, over all pieces of the keystream', () => {
    const words = wordsOf(0.1, 'pieces');
    const [first, second] = [words.subarray(0, 16_384), words.subarray(16_384, 32_768)];
    expect(first).not.to.deep.equal(second);
    for (const part of [first, second, words.subarray(32_768)]) expect(new Set(part).size).to.equal(2);
  });

  it('refuses what the other rounding refuses', () => {
    const rng = seededRng(utf8('refusals'));
    expect(codeOf(() => quantise(Float64Array.of(0, NaN, 0), 1, base, rng))).to.equal('vector/not-finite');
    expect(codeOf(() => quantise(new Float64Array(2), 1, base, rng))).to.equal('vector/length');
    expect(codeOf(() => quantise(new Float64Array(3), 3, base, rng))).to.equal('parameters/weight');
  });
});

describe('a sum of words', () => {
  it('is signed by the zero of each survivor', () => {
    expect([...dequantiseSum(Uint32Array.of(381, 0, 762), 3, base)]).to.deep.equal([0, -381, 381]);
    expect([...signedCoordinates(Uint32Array.of(382), 3, base)]).to.deep.equal([1]);
  });

  it('is refused where it is more than the survivors can make', () => {
    expect(codeOf(() => dequantiseSum(Uint32Array.of(0, 0, 763), 3, base))).to.equal(
      'vector/sum-out-of-range',
    );
    expect(codeOf(() => signedCoordinates(Uint32Array.of(509), 2, base))).to.equal('vector/sum-out-of-range');
  });

  for (const length of [2, 4]) {
    it(`is refused with ${length} words for a model of 3`, () => {
      expect(codeOf(() => dequantiseSum(new Uint32Array(length), 3, base))).to.equal('vector/length');
    });
  }
});

describe('the average', () => {
  it('is evaluated left to right', () => {
    const p = { ...base, bits: 9, range: 0.3, maxWeight: 64 };
    const sums = [1, -77, 12345];
    const expected = sums.map((sum) => {
      const scaled = sum * (0.3 / 255);
      const weighted = scaled * 64;
      return weighted / 97;
    });
    expect([...average(Float64Array.from(sums), 97, p)]).to.deep.equal(expected);
  });

  for (const weightSum of [0, -1, 1.5, NaN, Infinity]) {
    it(`refuses weights that add up to ${weightSum}`, () => {
      expect(codeOf(() => average(new Float64Array(3), weightSum, base))).to.equal('parameters/weight');
    });
  }

  it('of quantised updates errs by at most the bound per coordinate', () => {
    const owners = fc.array(
      fc.record({
        power: fc.nat(3),
        update: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(owners, fc.integer({ min: 8, max: 20 }), (of, bits) => {
        const p = { ...base, bits };
        const total = new Uint32Array(3);
        const exact = [0, 0, 0];
        let weightSum = 0;
        for (const { power, update } of of) {
          const weight = 2 ** power;
          weightSum += weight;
          quantise(Float64Array.from(update), weight, p).forEach(
            (word, c) => (total[c] = at([...total], c) + word),
          );
          clipToNorm(Float64Array.from(update), p.clip).forEach(
            (x, c) => (exact[c] = at(exact, c) + weight * x),
          );
        }
        const mean = average(dequantiseSum(total, of.length, p), weightSum, p);
        const bound = (of.length * p.range) / (2 * halfRange(bits) * (weightSum / p.maxWeight));
        for (const [c, value] of mean.entries()) {
          expect(Math.abs(value - at(exact, c) / weightSum)).to.be.at.most(bound + 1e-12);
        }
      }),
      { seed: 8 },
    );
  });
});
