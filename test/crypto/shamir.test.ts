/** Sharing among holders. docs/protocol.md §3.2 */
import { expect } from 'chai';
import fc from 'fast-check';

import { u256, utf8 } from '#crypto/bytes.ts';
import { encodeElement, evaluate, lagrangeCoefficients, ORDER, randomElement } from '#crypto/field.ts';
import { seededRng } from '#crypto/random.ts';
import {
  combine,
  combineWith,
  decodeShare,
  encodeShare,
  lagrangeAtZero,
  lagrangeOfSets,
  type Share,
  split,
  splitAmong,
} from '#crypto/shamir.ts';

import { codeOf } from './refusal.ts';
import { at, digits } from './replay/load.ts';
import { tapeRng } from './replay/pieces.ts';

const rng = seededRng(utf8('shamir'));
const secret = u256(2n ** 256n - 189n);

describe('sharing a secret among chosen holders', () => {
  const tape = () => seededRng(utf8('chosen holders'));

  it('gives each the share at its own coordinate, in the order asked for', () => {
    const all = split(secret, 700, 3, tape());
    const chosen = splitAmong(secret, [9, 2, 700], 3, tape());
    expect(chosen).to.deep.equal([at(all, 8), at(all, 1), at(all, 699)]);
    expect(combine(chosen, 3)).to.deep.equal(secret);
  });

  it('refuses coordinates that are none, and holders too few', () => {
    for (const x of [0, -2, 1.5]) {
      expect(codeOf(() => splitAmong(secret, [1, x], 2, tape()))).to.equal('shamir/share-out-of-range');
    }
    expect(codeOf(() => splitAmong(secret, [4, 1, 4], 2, tape()))).to.equal('shamir/duplicate-share');
    expect(codeOf(() => splitAmong(secret, [4], 2, tape()))).to.equal('shamir/threshold');
    expect(codeOf(() => splitAmong(secret.slice(1), [4, 5], 2, tape()))).to.equal('secret/length');
  });
});

describe('sharing a secret', () => {
  it('is undone by any threshold of the shares, in any order', () => {
    const pick = fc.record({
      bytes: fc.uint8Array({ minLength: 32, maxLength: 32 }),
      n: fc.integer({ min: 1, max: 12 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
      order: fc.infiniteStream(fc.nat(1000)),
    });
    fc.assert(
      fc.property(pick, ({ bytes, n, part, order }) => {
        const threshold = Math.max(1, Math.round(part * n));
        const shares = split(bytes, n, threshold, rng)
          .map((share) => ({ share, rank: at([...order.take(1)], 0) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ share }) => share);
        expect(combine(shares, threshold)).to.deep.equal(bytes);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('gives no secret, or another, to fewer than threshold', () => {
    const shares = split(secret, 7, 5, rng).slice(0, 4);
    expect(codeOf(() => combine(shares, 5))).to.equal('shamir/too-few-shares');
    const guess = combineOrNothing(shares);
    expect(guess).not.to.deep.equal(secret);
  });

  it('leaves every secret possible to fewer than threshold', () => {
    const known = split(secret, 5, 3, rng).slice(0, 2);
    for (const other of [0n, 1n, 2n ** 256n - 1n]) {
      // The parabola through the other secret and both known shares gives the third holder a share that fits.
      const [from0, from1, from2] = valueAt(3, [0, 1, 2]);
      const y = (other * from0 + at(known, 0).y * from1 + at(known, 1).y * from2) % ORDER;
      expect(combine([...known, { x: 3, y }], 3)).to.deep.equal(u256(other));
    }
  });

  it('shows a wrong share as another secret or as none', () => {
    const [first, ...rest] = split(secret, 3, 3, rng);
    const wrong = [{ x: 1, y: ((first?.y ?? 0n) + 1n) % ORDER }, ...rest];
    expect(combineOrNothing(wrong)).not.to.deep.equal(secret);
  });

  it('uses the first shares up to the threshold', () => {
    const shares = split(secret, 4, 2, rng);
    expect(combine([...shares.slice(0, 3), { x: 9, y: 0n }], 2)).to.deep.equal(secret);
  });

  for (const [n, threshold] of [
    [3, 0],
    [3, 4],
    [3, 1.5],
    [3, -1],
    [3, NaN],
  ] as const) {
    it(`refuses a threshold of ${threshold} of ${n}`, () => {
      expect(codeOf(() => split(secret, n, threshold, rng))).to.equal('shamir/threshold');
    });
  }

  for (const threshold of [0, 0.5, -2, NaN]) {
    it(`refuses to combine at a threshold of ${threshold}`, () => {
      expect(codeOf(() => combine([{ x: 1, y: 1n }], threshold))).to.equal('shamir/threshold');
    });
  }

  for (const length of [31, 33]) {
    it(`refuses a secret of ${length} bytes`, () => {
      expect(codeOf(() => split(new Uint8Array(length), 3, 2, rng))).to.equal('secret/length');
    });
  }

  const shares: Share[] = split(secret, 4, 3, rng);
  const [one, two, three, four] = [at(shares, 0), at(shares, 1), at(shares, 2), at(shares, 3)];
  const refusals: [string, Share[], string][] = [
    ['a repeated holder', [one, two, { ...three, x: 2 }], 'shamir/duplicate-share'],
    ['a repeated holder beyond the threshold', [one, two, three, one], 'shamir/duplicate-share'],
    ['a holder at 0', [one, two, { ...three, x: 0 }], 'shamir/share-out-of-range'],
    ['a holder below 0', [one, two, { ...three, x: -3 }], 'shamir/share-out-of-range'],
    ['half a holder', [one, two, { ...three, x: 2.5 }], 'shamir/share-out-of-range'],
    ['a value at p', [one, two, { ...three, y: ORDER }], 'shamir/share-out-of-range'],
    ['a value below 0', [one, two, { ...three, y: -1n }], 'shamir/share-out-of-range'],
    ['too few', [one, four], 'shamir/too-few-shares'],
    ['none', [], 'shamir/too-few-shares'],
  ];
  for (const [what, given, code] of refusals) {
    it(`refuses ${what}`, () => expect(codeOf(() => combine(given, 3))).to.equal(code));
  }

  it('refuses a result that has no 32 bytes', () => {
    expect(codeOf(() => combine([{ x: 1, y: 2n ** 256n }], 1))).to.equal('shamir/not-a-secret');
    expect(codeOf(() => combine([{ x: 1, y: ORDER - 1n }], 1))).to.equal('shamir/not-a-secret');
    expect(combine([{ x: 1, y: 2n ** 256n - 1n }], 1)).to.deep.equal(new Uint8Array(32).fill(255));
  });

  it('refuses values that are not one for each coefficient', () => {
    const coefficients = lagrangeAtZero([1, 2]);
    for (const ys of [[1n], [1n, 2n, 3n], []]) {
      expect(codeOf(() => combineWith(coefficients, ys))).to.equal('shamir/too-few-shares');
    }
    expect(codeOf(() => combineWith([], []))).to.equal('shamir/too-few-shares');
  });

  it('refuses repeated holders when it computes coefficients', () => {
    expect(codeOf(() => lagrangeAtZero([3, 1, 3]))).to.equal('shamir/duplicate-share');
  });
});

describe('a share on the wire', () => {
  it('is 33 bytes, big-endian', () => {
    expect(digits(encodeShare(2n ** 256n + 2n))).to.equal(`01${'00'.repeat(31)}02`);
    expect(decodeShare(encodeShare(ORDER - 1n))).to.equal(ORDER - 1n);
    expect(decodeShare(encodeShare(7n))).to.equal(7n);
  });

  it('is refused at p and above, and at another length', () => {
    const bad = [encodeElement(ORDER), new Uint8Array(33).fill(255), new Uint8Array(32), new Uint8Array(34)];
    expect(bad.map((bytes) => codeOf(() => decodeShare(bytes)))).to.deep.equal(
      bad.map(() => 'shamir/share-out-of-range'),
    );
  });
});

describe('the field', () => {
  it('draws an element again while it is not below p, and clears seven bits first', () => {
    const tape = tapeRng([
      `01${'ff'.repeat(32)}`,
      digits(encodeElement(ORDER)),
      `ff${'00'.repeat(31)}05`,
      digits(encodeElement(9n)),
    ]);
    expect(randomElement(tape)).to.equal(2n ** 256n + 5n);
    expect(tape.left()).to.equal(1);
  });

  it('evaluates a polynomial modulo p', () => {
    expect(evaluate([5n, 3n, 2n], 10n)).to.equal(235n);
    expect(evaluate([1n, 2n ** 256n], 2n)).to.equal((2n ** 257n + 1n) % ORDER);
  });

  it('has coefficients of any holders that divide as they should', () => {
    // Places near 2^53 leave no room to multiply as numbers; 120 of them are what a large round needs.
    const far = [1, 2 ** 53 - 1, 2 ** 52, 3, 2 ** 40 + 1];
    const many = Array.from({ length: 120 }, (_, i) => ((i * 617) % 1024) + 1);
    for (const xs of [[5], [1, 2], far, many]) {
      for (const [i, c] of lagrangeCoefficients(xs).entries()) {
        const others = xs.filter((_, j) => j !== i).map(BigInt);
        const above = others.reduce((product, x) => (product * x) % ORDER, 1n);
        const below = others.reduce((product, x) => (product * (x - BigInt(at(xs, i)))) % ORDER, 1n);
        expect(((c * below - above) % ORDER).toString()).to.equal('0');
        expect(c >= 0n && c < ORDER).to.equal(true);
      }
    }
  });

  it('has the same coefficients for many sets of holders as for each', () => {
    const sets = [[5], [1, 2], [2, 1], [1, 2 ** 53 - 1, 7], Array.from({ length: 40 }, (_, i) => 3 * i + 1)];
    expect(lagrangeOfSets(sets)).to.deep.equal(sets.map((xs) => lagrangeAtZero(xs)));
    expect(lagrangeOfSets([])).to.deep.equal([]);
    expect(codeOf(() => lagrangeOfSets([[1, 2], [0]]))).to.equal('shamir/share-out-of-range');
  });

  it('interpolates any polynomial at zero', () => {
    const element = fc.bigInt(0n, ORDER - 1n);
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 6 }), (polynomial) => {
        const xs = polynomial.map((_, i) => 3 * i + 2);
        const coefficients = lagrangeAtZero(xs);
        const sum = xs.reduce(
          (total, x, i) => total + at(coefficients, i) * evaluate(polynomial, BigInt(x)),
          0n,
        );
        expect(sum % ORDER).to.equal(polynomial[0]);
      }),
      { seed: 5, numRuns: 30 },
    );
  });
});

/** The bytes that some shares make, or the code by which they make none. */
function combineOrNothing(shares: readonly Share[]): Uint8Array | string | undefined {
  let result: Uint8Array | undefined;
  return codeOf(() => (result = combine(shares, shares.length))) ?? result;
}

/** The factors that make the value at x of those at three other places. */
function valueAt(x: number, places: [number, number, number]): [bigint, bigint, bigint] {
  const moved = lagrangeCoefficients(places.map((place) => place - x));
  return [at(moved, 0), at(moved, 1), at(moved, 2)];
}
