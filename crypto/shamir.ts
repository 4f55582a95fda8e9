/** Shamir's sharing of 32-byte secrets over GF(2^256 + 297). Source: Shamir 1979; protocol.md §3.2 */
import { bigEndian, toBigInt } from './bytes.ts';
import { TributaryError } from './error.ts';
import {
  ELEMENT_LENGTH,
  encodeElement,
  evaluate,
  innerProduct,
  isElement,
  lagrangeCoefficients,
  lagrangeOfEach,
  randomElement,
} from './field.ts';
import type { Rng } from './random.ts';

/** A point of the sharing polynomial: x = roster index + 1, y below p. */
export type Share = Readonly<{ x: number; y: bigint }>;

const SECRET_LENGTH = 32;

/**
 * Splits a secret among `n` holders, any `threshold` of whom restore it and fewer of whom learn nothing.
 *
 * @param secret 32 bytes, not kept
 * @returns n shares, x = 1 … n
 * @throws as `splitAmong`
 */
export function split(secret: Uint8Array, n: number, threshold: number, rng: Rng): Share[] {
  return splitAmong(
    secret,
    Array.from({ length: n }, (_, i) => i + 1),
    threshold,
    rng,
  );
}

/**
 * As `split`, among holders with the given coordinates.
 *
 * @param xs distinct integers from 1; each gets the share at its coordinate
 * @returns a share each, in the order of `xs`
 * @throws TributaryError `shamir/threshold` unless there are 1 … xs.length needed, `secret/length` unless 32 bytes,
 *   and as `lagrangeAtZero` for coordinates
 */
export function splitAmong(secret: Uint8Array, xs: readonly number[], threshold: number, rng: Rng): Share[] {
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > xs.length) {
    throw new TributaryError(
      'shamir/threshold',
      `a threshold of ${threshold} is not between 1 and ${xs.length} holders`,
    );
  }
  if (secret.length !== SECRET_LENGTH) throw new TributaryError('secret/length', 'a secret has 32 bytes');
  refuseNoHolders(xs);
  const coefficients = Array.from({ length: threshold - 1 }, () => randomElement(rng));
  const polynomial = [toBigInt(secret), ...coefficients];
  return xs.map((x) => ({ x, y: evaluate(polynomial, BigInt(x)) }));
}

/**
 * The secret from its first `threshold` shares. A wrong share gives a wrong secret, so check what it is for.
 * @throws TributaryError `shamir/too-few-shares`, and as `lagrangeAtZero` and `combineWith`
 */
export function combine(shares: readonly Share[], threshold: number): Uint8Array {
  if (!Number.isInteger(threshold) || threshold < 1) {
    throw new TributaryError('shamir/threshold', `a threshold of ${threshold} is not a number of holders`);
  }
  if (shares.length < threshold) {
    throw new TributaryError('shamir/too-few-shares', `${shares.length} shares, ${threshold} are needed`);
  }
  const xs = shares.map((share) => share.x);
  refuseRepeated(xs);
  const used = shares.slice(0, threshold);
  return combineWith(
    lagrangeAtZero(xs.slice(0, threshold)),
    used.map((share) => share.y),
  );
}

/**
 * The factors that turn the values of these holders' shares into the secret: computed once for all the
 * secrets that the same holders restore.
 * @throws TributaryError `shamir/duplicate-share` for a repeated x, `shamir/share-out-of-range` for an x that
 *   is not a positive integer
 */
export function lagrangeAtZero(xs: readonly number[]): bigint[] {
  refuseNoHolders(xs);
  return lagrangeCoefficients(xs);
}

/** The same for many sets of holders, at the price of one inversion for all. @throws as `lagrangeAtZero` */
export function lagrangeOfSets(sets: readonly (readonly number[])[]): bigint[][] {
  for (const xs of sets) refuseNoHolders(xs);
  return lagrangeOfEach(sets);
}

/** Whether shares at these places are of so many holders: what `lagrangeAtZero` takes. */
export function areHolders(xs: readonly number[]): boolean {
  return new Set(xs).size === xs.length && xs.every(isHolder);
}

/**
 * The secret, 32 bytes, from the shares' values in the order of the coefficients.
 * @throws TributaryError `shamir/too-few-shares` unless there is a value for each coefficient,
 *   `shamir/share-out-of-range` for a value not below p, `shamir/not-a-secret` if the result has no 32 bytes
 */
export function combineWith(coefficients: readonly bigint[], ys: readonly bigint[]): Uint8Array {
  if (ys.length !== coefficients.length || ys.length === 0) {
    throw new TributaryError(
      'shamir/too-few-shares',
      `${ys.length} shares for ${coefficients.length} holders`,
    );
  }
  if (!ys.every(isElement)) throw outOfRange('a share is not below the order of the field');
  const secret = innerProduct(coefficients, ys);
  if (secret >> 256n !== 0n) {
    throw new TributaryError(
      'shamir/not-a-secret',
      'the shares are of no 32-byte secret: one of them is wrong',
    );
  }
  return bigEndian(secret, SECRET_LENGTH);
}

/** The value of a share as 33 bytes. */
export function encodeShare(y: bigint): Uint8Array {
  return encodeElement(y);
}

/** @throws TributaryError `shamir/share-out-of-range` unless 33 bytes of a number below p */
export function decodeShare(bytes: Uint8Array): bigint {
  const y = toBigInt(bytes);
  if (bytes.length !== ELEMENT_LENGTH || !isElement(y)) throw outOfRange('not 33 bytes of a number below p');
  return y;
}

function refuseNoHolders(xs: readonly number[]): void {
  refuseRepeated(xs);
  const bad = xs.find((x) => !isHolder(x));
  if (bad !== undefined) throw outOfRange(`a share can't be at x = ${bad}`);
}

/** A share at 0 would be the secret. */
const isHolder = (x: number): boolean => Number.isSafeInteger(x) && x >= 1;

function refuseRepeated(xs: readonly number[]): void {
  if (new Set(xs).size !== xs.length) {
    throw new TributaryError('shamir/duplicate-share', 'two shares of the same holder: keep one');
  }
}

function outOfRange(message: string): TributaryError {
  return new TributaryError('shamir/share-out-of-range', message);
}
