/** The field of the shares: GF(p), p = 2^256 + 297, the first prime above 2^256. protocol.md §3.2 */
import { Field } from '@noble/curves/abstract/modular.js';

import { bigEndian, toBigInt } from './bytes.ts';
import type { Rng } from './random.ts';

/** p. That it is prime is proven by a certificate in test/crypto/prime.test.ts. */
export const ORDER = 2n ** 256n + 297n;

/** Bytes of a field element. */
export const ELEMENT_LENGTH = 33;

const field = Field(ORDER);

/** A uniform element: 33 random bytes with the top 7 bits cleared, drawn again while not below p. */
export function randomElement(rng: Rng): bigint {
  for (;;) {
    const candidate = BigInt.asUintN(257, toBigInt(rng.bytes(ELEMENT_LENGTH)));
    if (field.isValid(candidate)) return candidate;
  }
}

/** The polynomial's value at x; coefficients from the constant one up (Horner). */
export function evaluate(polynomial: readonly bigint[], x: bigint): bigint {
  return polynomial.reduceRight((value, coefficient) => field.add(field.mul(value, x), coefficient), 0n);
}

/** Σ aᵢ·bᵢ; the lists are of the same length. */
export function innerProduct(a: readonly bigint[], b: readonly bigint[]): bigint {
  return a.reduce((sum, factor, i) => field.add(sum, field.mul(factor, b[i] ?? 0n)), 0n);
}

/**
 * The factors cᵢ = Π_{j≠i} xⱼ / (xⱼ − xᵢ) by which values at the xᵢ make the value at 0.
 * The xs are distinct and not zero.
 */
export function lagrangeCoefficients(xs: readonly bigint[]): bigint[] {
  return xs.map((x) => {
    const others = xs.filter((other) => other !== x);
    const numerator = others.reduce((product, other) => field.mul(product, other), 1n);
    const denominator = others.reduce((product, other) => field.mul(product, field.sub(other, x)), 1n);
    return field.div(numerator, denominator);
  });
}

/** 33 bytes, big-endian. */
export function encodeElement(element: bigint): Uint8Array {
  return bigEndian(element, ELEMENT_LENGTH);
}

export function isElement(value: bigint): boolean {
  return field.isValid(value);
}
