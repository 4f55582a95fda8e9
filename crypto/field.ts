/** The field of the shares: GF(p), p = 2^256 + 297, the first prime above 2^256. protocol.md §3.2 */
import { Field, type IField } from '@noble/curves/abstract/modular.js';

import { bigEndian, toBigInt } from './bytes.ts';
import type { Rng } from './random.ts';

/** p. That it is prime is proven by a certificate in test/crypto/prime.test.ts. */
export const ORDER = 2n ** 256n + 297n;

/** Bytes of a field element. */
export const ELEMENT_LENGTH = 33;

type Multiply = (a: bigint, b: bigint) => bigint;

const field = Field(ORDER);

/** A uniform element: 33 random bytes with the top 7 bits cleared, drawn again while not below p. */
export function randomElement(rng: Rng): bigint {
  for (;;) {
    const candidate = BigInt.asUintN(257, toBigInt(rng.bytes(ELEMENT_LENGTH)));
    if (field.isValid(candidate)) return candidate;
  }
}

/** What sharing computes with elements. */
export type ShareField = Readonly<{
  /** The polynomial's value at x; coefficients from the constant one up. */
  evaluate(polynomial: readonly bigint[], x: bigint): bigint;
  /** Σ aᵢ·bᵢ; the lists are of the same length. */
  innerProduct(a: readonly bigint[], b: readonly bigint[]): bigint;
  /**
   * The factors cᵢ = Π_{j≠i} xⱼ / (xⱼ − xᵢ) by which values at the xᵢ make the value at 0.
   * The xs are distinct safe integers, not zero.
   */
  lagrangeCoefficients(xs: readonly number[]): bigint[];
  /** The same for each of these lists: one inversion for all of them. */
  lagrangeOfEach(lists: readonly (readonly number[])[]): bigint[][];
}>;

/** Over GF(p) it is what is exported below; over fields of a few elements a test looks at everything. */
export function shareField(arithmetic: IField<bigint>, multiply: Multiply): ShareField {
  return {
    // Horner. Reduced once, at the end: x is small, and a value of any length is multiplied faster than it is reduced.
    evaluate: (polynomial, x) =>
      arithmetic.create(polynomial.reduceRight((value, coefficient) => value * x + coefficient, 0n)),

    innerProduct: (a, b) => arithmetic.create(a.reduce((sum, factor, i) => sum + factor * (b[i] ?? 0n), 0n)),

    lagrangeCoefficients: (xs) => coefficientsOf([xs], arithmetic, multiply)[0] ?? [],
    lagrangeOfEach: (lists) => coefficientsOf(lists, arithmetic, multiply),
  };
}

function coefficientsOf(
  lists: readonly (readonly number[])[],
  arithmetic: IField<bigint>,
  multiply: Multiply,
): bigint[][] {
  // cᵢ = (Π xⱼ) / dᵢ with dᵢ = xᵢ · Π_{j≠i} (xⱼ − xᵢ).
  const divisors = lists.map((xs) => xs.map((x) => arithmetic.create(shiftedProduct(xs, x))));
  const products = divisors.map((own) => productsBefore(own, multiply));
  const inverses = inverted(
    products.map(({ all }) => all),
    (of) => arithmetic.inv(of),
    multiply,
  );
  return lists.map((xs, list) =>
    quotients(
      multiply(arithmetic.create(shiftedProduct(xs, 0)), inverses[list] ?? 1n),
      divisors[list] ?? [],
      products[list]?.before ?? [],
      multiply,
    ),
  );
}

/** Montgomery's trick: one inversion, of the product of all; each one's inverse is two multiplications more. */
function inverted(elements: readonly bigint[], invert: (of: bigint) => bigint, multiply: Multiply): bigint[] {
  const { before, all } = productsBefore(elements, multiply);
  return quotients(invert(all), elements, before, multiply);
}

/** The product of those before each element, and of all. */
function productsBefore(elements: readonly bigint[], multiply: Multiply) {
  let all = 1n;
  const before = elements.map((element) => {
    const upToHere = all;
    all = multiply(all, element);
    return upToHere;
  });
  return { before, all };
}

/** dividend / element for each element. @param scale the dividend over the product of all */
function quotients(
  scale: bigint,
  elements: readonly bigint[],
  before: readonly bigint[],
  multiply: Multiply,
): bigint[] {
  const found: bigint[] = [];
  let rest = scale;
  for (let i = elements.length - 1; i >= 0; i--) {
    found.push(multiply(rest, before[i] ?? 1n));
    rest = multiply(rest, elements[i] ?? 1n);
  }
  return found.reverse();
}

export const { evaluate, innerProduct, lagrangeCoefficients, lagrangeOfEach } = shareField(field, multiply);

/** Π (xⱼ − x), and the one that would be zero, xⱼ = x, as x itself: multiplied as numbers as far as they are exact. */
function shiftedProduct(xs: readonly number[], x: number): bigint {
  let product = 1n;
  let short = 1;
  for (const other of xs) {
    const factor = other === x ? x : other - x;
    const longer = short * factor;
    if (Number.isSafeInteger(longer)) {
      short = longer;
    } else {
      product *= BigInt(short);
      short = factor;
    }
  }
  return product * BigInt(short);
}

/** a·b of two elements; 2^256 ≡ −297, so that what is above comes down in two steps, faster than by division. */
function multiply(a: bigint, b: bigint): bigint {
  const once = folded(a * b);
  // Where one of them is some bits shorter, as divisors of few holders are.
  if (once >= 0n && once < ORDER) return once;
  const twice = folded(once);
  return twice >= ORDER ? twice - ORDER : twice;
}

function folded(value: bigint): bigint {
  return BigInt.asUintN(256, value) - 297n * (value >> 256n);
}

/** 33 bytes, big-endian. */
export function encodeElement(element: bigint): Uint8Array {
  return bigEndian(element, ELEMENT_LENGTH);
}

export function isElement(value: bigint): boolean {
  return field.isValid(value);
}
