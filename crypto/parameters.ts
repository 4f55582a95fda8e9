/** What all members must agree on before a vector is masked, and what follows from it. protocol.md §2, §3.7 */
import { TributaryError } from './error.ts';

export type AggregationParameters = Readonly<{
  /** Bits of a quantised coordinate, 8 … 20. */
  bits: number;
  /** Clipping bound: the L2 norm that no update exceeds, 2^-100 … 2^100. */
  clip: number;
  /** Half-range of the quantisation grid, 2^-100 … 2^100; at least `clip` if nothing is to saturate. */
  range: number;
  /** Coordinates of the vector, 1 … 2^30. */
  dimension: number;
  /** The weight that counts as 1: a power of two, 1 … 2^32. */
  maxWeight: number;
  /** Words of a chunk: a power of two, 8 … 65,536. */
  chunkWords: number;
}>;

const SMALLEST_COHORT = 3;
const LARGEST_COHORT = 100;

/**
 * Refuses parameters that are outside the bounds given at their type.
 * @throws TributaryError `parameters/bits`, `parameters/clip`, `parameters/range`, `parameters/dimension`,
 *   `parameters/max-weight`, `parameters/chunk-words`
 */
export function checkParameters(p: AggregationParameters): void {
  demand(isInteger(p.bits, 8, 20), 'parameters/bits', 'bits is an integer from 8 to 20');
  demand(isMagnitude(p.clip), 'parameters/clip', 'clip is a number from 2^-100 to 2^100');
  demand(isMagnitude(p.range), 'parameters/range', 'range is a number from 2^-100 to 2^100');
  demand(
    isInteger(p.dimension, 1, 2 ** 30),
    'parameters/dimension',
    'dimension is an integer from 1 to 2^30',
  );
  demand(
    isPowerOfTwo(p.maxWeight, 2 ** 32),
    'parameters/max-weight',
    'maxWeight is a power of two from 1 to 2^32',
  );
  demand(
    isPowerOfTwo(p.chunkWords, 2 ** 16) && p.chunkWords >= 8,
    'parameters/chunk-words',
    'chunkWords is a power of two from 8 to 65,536',
  );
}

/**
 * Refuses a weight that is not a power of two up to `maxWeight`.
 * @throws TributaryError `parameters/weight`
 */
export function checkWeight(weight: number, p: AggregationParameters): void {
  demand(
    isPowerOfTwo(weight, p.maxWeight),
    'parameters/weight',
    `a weight is a power of two from 1 to the job's ${p.maxWeight}`,
  );
}

/**
 * How many shares restore a secret, and how many confirmations free them, in a roster of n: ⌊2n/3⌋ + 1.
 * @throws TributaryError `parameters/cohort` unless 3 ≤ n ≤ 100
 */
export function threshold(n: number): number {
  demand(
    isInteger(n, SMALLEST_COHORT, LARGEST_COHORT),
    'parameters/cohort',
    `a roster has ${SMALLEST_COHORT} to ${LARGEST_COHORT} members, not ${n}`,
  );
  return Math.floor((2 * n) / 3) + 1;
}

/**
 * The word size w = bits + ⌈log₂ n⌉, for which no sum of n words wraps.
 * @throws TributaryError `parameters/ring-too-wide` if w > 32
 */
export function wordBits(bits: number, n: number): number {
  const w = bits + Math.ceil(Math.log2(n));
  demand(
    w <= 32,
    'parameters/ring-too-wide',
    `${n} values of ${bits} bits don't fit a 32-bit word: fewer bits`,
  );
  return w;
}

/** L, the largest quantised value: 2^(bits − 1) − 1. */
export function halfRange(bits: number): number {
  return 2 ** (bits - 1) - 1;
}

/** Bytes of every packed chunk but perhaps the last; w is the word size. */
export function chunkBytes(p: AggregationParameters, w: number): number {
  return (p.chunkWords * w) / 8;
}

/** Bytes of a packed vector; w is the word size. */
export function packedBytes(p: AggregationParameters, w: number): number {
  return Math.ceil((p.dimension * w) / 8);
}

function isInteger(n: number, least: number, most: number): boolean {
  return Number.isInteger(n) && n >= least && n <= most;
}

/** Far from where the grid's step or its inverse would overflow or lose bits; NaN is refused too. */
function isMagnitude(x: number): boolean {
  return x >= 2 ** -100 && x <= 2 ** 100;
}

function isPowerOfTwo(n: number, most: number): boolean {
  return isInteger(n, 1, most) && Number.isInteger(Math.log2(n));
}

function demand(holds: boolean, code: string, message: string): void {
  if (!holds) throw new TributaryError(code, message);
}
