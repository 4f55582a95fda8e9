/**
 * Shamir's sharing over fields of 5 and 7 elements, all of it: every threshold, secret, and choice of coefficients.
 * The code is that of the shares (crypto/field.ts); only the field is another. docs/protocol.md §3.2
 */
import { expect } from 'chai';
import { Field } from '@noble/curves/abstract/modular.js';
import { shareField, type ShareField } from '#crypto/field.ts';

const fieldOf = (p: number): ShareField => shareField(Field(BigInt(p)), (a, b) => (a * b) % BigInt(p));

/** Every list of `length` elements of the field. */
const everyList = (p: number, length: number): bigint[][] =>
  Array.from({ length: p ** length }, (_, code) =>
    Array.from({ length }, (_unused, place) => BigInt(Math.floor(code / p ** place) % p)),
  );

/** Every choice of `size` holders, x = 1 … n. */
function choices(n: number, size: number, from = 1): number[][] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, n - from + 1) }, (_, at) => from + at).flatMap((first) =>
    choices(n, size - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

for (const p of [5, 7]) {
  const n = p - 1;
  const { evaluate, innerProduct, lagrangeCoefficients } = fieldOf(p);

  describe(`sharing over GF(${p}), for ${n} holders`, () => {
    for (let threshold = 1; threshold <= n; threshold += 1) {
      // By secret (the constant coefficient), shares of all holders.
      const dealt = () =>
        everyList(p, threshold).map((polynomial) => ({
          secret: Number(polynomial[0]),
          shares: Array.from({ length: n }, (_, at) => evaluate(polynomial, BigInt(at + 1))),
        }));

      it(`any ${threshold} restore every secret`, () => {
        const all = dealt();
        for (const holders of choices(n, threshold)) {
          const coefficients = lagrangeCoefficients(holders);
          const wrong = all.filter(({ secret, shares }) => {
            const known = holders.map((x) => shares[x - 1] ?? -1n);
            return innerProduct(coefficients, known) !== BigInt(secret);
          });
          expect(wrong.length, holders.join()).to.equal(0);
        }
      });

      it(`fewer than ${threshold} hold the same with every secret, equally often`, () => {
        const all = dealt();
        for (let known = 0; known < threshold; known += 1) {
          for (const holders of choices(n, known)) {
            const counts = new Uint32Array(p ** known * p);
            for (const { secret, shares } of all) {
              const view = holders.reduce((code, x) => code * p + Number(shares[x - 1]), 0);
              counts[view * p + secret] = (counts[view * p + secret] ?? 0) + 1;
            }
            // p^(t − 1 − known) choices of coefficients for each view and secret.
            const due = p ** (threshold - 1 - known);
            expect(
              counts.every((count) => count === due),
              `holders ${holders.join()}`,
            ).to.equal(true);
          }
        }
      });
    }

    it('the threshold is exact: as many holders as that have another view with each secret', () => {
      const views = new Map<string, Set<bigint>>();
      for (const polynomial of everyList(p, 3)) {
        const view = [1, 2, 3].map((x) => evaluate(polynomial, BigInt(x))).join();
        views.set(view, (views.get(view) ?? new Set()).add(polynomial[0] ?? 0n));
      }
      expect(views.size).to.equal(p ** 3);
      expect([...views.values()].every((secrets) => secrets.size === 1)).to.equal(true);
    });
  });
}
