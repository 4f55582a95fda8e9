/**
 * p = 2^256 + 297 is prime: a chain of elliptic-curve certificates is checked step by step down to a number that
 * a deterministic test settles. Source: Goldwasser and Kilian 1986, theorem 2; docs/protocol.md §3.2
 */
import { expect } from 'chai';

import { ORDER } from '#crypto/field.ts';

import { at, load } from './replay/load.ts';

type Step = Record<'n' | 'trace' | 'cofactor' | 'a' | 'x' | 'y', string>;
type Point = { x: bigint; y: bigint };

const { steps } = load('prime-certificate.json') as { steps: Step[] };

/**
 * If q is prime, q > (n^¼ + 1)², and a point P of a curve modulo n has (m / q)·P ≠ O, defined modulo every factor of
 * n, and m·P = O, then n is prime. Returns q, or undefined if the step shows nothing.
 */
function provenIfPrime(step: Step): bigint | undefined {
  const [n, cofactor, a] = [BigInt(step.n), BigInt(step.cofactor), BigInt(step.a)];
  const m = n + 1n - BigInt(step.trace);
  const point = { x: BigInt(step.x), y: BigInt(step.y) };
  const b = modulo(point.y ** 2n - point.x ** 3n - a * point.x, n);
  const q = m / cofactor;
  // The roots are rounded down: this is √q > n^¼ + 1.
  const large = squareRoot(q) >= squareRoot(squareRoot(n)) + 2n;
  const smooth = gcd(modulo(4n * a ** 3n + 27n * b ** 2n, n), n) === 1n;
  if (q * cofactor !== m || !large || !smooth || gcd(n, 6n) !== 1n) return undefined;
  const multiple = times(cofactor, point, a, n);
  if (multiple === 'infinity' || times(q, multiple, a, n) !== 'infinity') return undefined;
  return q;
}

/** k·P in affine coordinates; a denominator that shares a proper factor with n throws. */
function times(k: bigint, point: Point, a: bigint, n: bigint): Point | 'infinity' {
  let result: Point | 'infinity' = 'infinity';
  for (const bit of k.toString(2)) {
    result = sum(result, result, a, n);
    if (bit === '1') result = sum(result, point, a, n);
  }
  return result;
}

function sum(p: Point | 'infinity', q: Point | 'infinity', a: bigint, n: bigint): Point | 'infinity' {
  if (p === 'infinity') return q;
  if (q === 'infinity') return p;
  if (p.x === q.x && modulo(p.y + q.y, n) === 0n) return 'infinity';
  const slope =
    p.x === q.x && p.y === q.y
      ? (3n * p.x ** 2n + a) * inverse(2n * p.y, n)
      : (q.y - p.y) * inverse(q.x - p.x, n);
  const x = modulo(slope ** 2n - p.x - q.x, n);
  return { x, y: modulo(slope * (p.x - x) - p.y, n) };
}

function inverse(value: bigint, n: bigint): bigint {
  let [r, next, s, t] = [n, modulo(value, n), 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [s, t] = [t, s - quotient * t];
  }
  if (r !== 1n) throw new Error('n has a proper factor');
  return modulo(s, n);
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** ⌊√n⌋ by Newton's method. */
function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const better = (root + n / root) / 2n;
    if (better >= root) return root;
    root = better;
  }
}

/** Miller and Rabin's test; with these bases it errs for no n below 3.3 · 10^24 (Sorenson and Webster 2015). */
function isSmallPrime(n: bigint): boolean {
  if (n >= 3_317_044_064_679_887_385_961_981n) throw new Error('too large for a deterministic test');
  const bases = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];
  return bases.every((base) => n % base !== 0n && !isWitness(base, n));
}

function isWitness(base: bigint, n: bigint): boolean {
  let odd = n - 1n;
  while (odd % 2n === 0n) odd /= 2n;
  let value = power(base, odd, n);
  if (value === 1n) return false;
  for (let exponent = odd; exponent < n - 1n; exponent *= 2n) {
    if (value === n - 1n) return false;
    value = modulo(value ** 2n, n);
  }
  return true;
}

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = modulo(result ** 2n * (bit === '1' ? base : 1n), n);
  }
  return result;
}

function modulo(value: bigint, n: bigint): bigint {
  return ((value % n) + n) % n;
}

describe('the order of the field', () => {
  it('is 2^256 + 297', () => {
    expect(ORDER).to.equal(0x1_00000000_00000000_00000000_00000000_00000000_00000000_00000000_00000129n);
  });

  it('is prime, by a chain of elliptic-curve certificates', () => {
    let open = ORDER;
    for (const step of steps) {
      expect(step.n).to.equal(String(open));
      open = provenIfPrime(step) ?? expect.fail(`nothing shows that ${step.n} is prime`);
    }
    expect(isSmallPrime(open)).to.equal(true);
  });

  it('would not pass with a certificate that was tampered with', () => {
    const step = at(steps, 0);
    const m = BigInt(step.n) + 1n - BigInt(step.trace);
    expect(provenIfPrime({ ...step, cofactor: String(m) })).to.equal(undefined);
    expect(provenIfPrime({ ...step, trace: String(BigInt(step.trace) + BigInt(step.cofactor)) })).to.equal(
      undefined,
    );
    // Of the first curve, y² = x³ + b, one in six others has the same order: the second shows a moved point.
    const second = at(steps, 1);
    expect(provenIfPrime({ ...second, x: String(BigInt(second.x) + 1n) })).to.equal(undefined);
  });

  it('has no smaller prime between it and 2^256', () => {
    for (let k = 1n; k < 297n; k += 2n) expect(isWitness(3n, 2n ** 256n + k)).to.equal(true);
  });

  it('is tested at its end by a test that knows primes', () => {
    const primes = [43n, 47n, 1_000_003n, 18_446_744_073_709_551_557n];
    const composites = [49n, 1_000_001n, 3_215_031_751n, 3_825_123_056_546_413_051n];
    expect(primes.map(isSmallPrime)).to.deep.equal(primes.map(() => true));
    expect(composites.map(isSmallPrime)).to.deep.equal(composites.map(() => false));
  });
});
