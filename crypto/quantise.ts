/** From a float update to grid integers, and from their sum to the weighted average. protocol.md §2.1, §2.2, §2.5 */
import { TributaryError } from './error.ts';
import { type AggregationParameters, checkWeight, halfRange } from './parameters.ts';
import { maskPieces } from './prg.ts';
import type { Rng } from './random.ts';

/**
 * Scales an update to an L2 norm of at most `clip`: Δ · min(1, clip / ‖Δ‖₂).
 * @throws TributaryError `vector/not-finite` if a coordinate is NaN or infinite
 */
export function clipToNorm(update: Float32Array | Float64Array, clip: number): Float64Array {
  const scale = clipScale(update, clip);
  // Widened first: a Float32Array's own map would round to float32.
  return new Float64Array(update).map((x) => x * scale);
}

/**
 * Clips an update, weights it by weight / maxWeight and rounds it onto the grid: half up, or with an `rng` up with the
 * probability of what is cut off, so that the expectation of each word is the number itself (§2.2).
 *
 * @param update `dimension` coordinates
 * @param weight a power of two, 1 … maxWeight
 * @param rng for rounding by chance: 32 bytes are drawn, whoever knows them knows how it fell out
 * @returns `dimension` words in [0, 2L]; L stands for zero
 * @throws TributaryError `vector/length`, `vector/not-finite`, `parameters/weight`
 */
export function quantise(
  update: Float32Array | Float64Array,
  weight: number,
  p: AggregationParameters,
  rng?: Rng,
): Uint32Array {
  if (update.length !== p.dimension) throw wrongLength(update.length, p.dimension);
  checkWeight(weight, p);
  const grid = {
    scale: clipScale(update, p.clip),
    fraction: weight / p.maxWeight,
    range: p.range,
    zero: halfRange(p.bits),
  };
  return rng === undefined ? roundHalfUp(update, grid) : roundByChance(update, grid, rng);
}

/** What takes a coordinate x to its place on the grid, clamp(x · scale · fraction, ±range) · (zero / range) + zero. */
type Grid = Readonly<{ scale: number; fraction: number; range: number; zero: number }>;

// Both loops are the hot path of a client: no calls, no iterators, the order of the operations is §2.2's.

function roundHalfUp(update: Float32Array | Float64Array, grid: Grid): Uint32Array {
  const { scale, fraction, range, zero } = grid;
  const factor = zero / range;
  const words = new Uint32Array(update.length);
  for (let c = 0; c < words.length; c++) {
    const clamped = Math.max(-range, Math.min(range, (update[c] ?? 0) * scale * fraction));
    words[c] = Math.floor(clamped * factor + zero + 0.5);
  }
  return words;
}

/**
 * Up if a uniform number is below the part that is cut off. The number is one of 2^32, each in the middle of its
 * interval: the expectation is off by at most 2^-33 of a step, and what lies on the grid stays where it is.
 */
function roundByChance(update: Float32Array | Float64Array, grid: Grid, rng: Rng): Uint32Array {
  const { scale, fraction, range, zero } = grid;
  const factor = zero / range;
  const words = new Uint32Array(update.length);
  let c = 0;
  for (const piece of maskPieces(rng.bytes(32), update.length)) {
    for (let i = 0; i < piece.length; i++, c++) {
      const clamped = Math.max(-range, Math.min(range, (update[c] ?? 0) * scale * fraction));
      // range · (L / range) may come out a little above L, and what is above the grid must not go up.
      const place = Math.max(0, Math.min(2 * zero, clamped * factor + zero));
      const floor = Math.floor(place);
      words[c] = (piece[i] ?? 0) + 0.5 < (place - floor) * 2 ** 32 ? floor + 1 : floor;
    }
  }
  return words;
}

/**
 * The signed integers Σ q = S − |U3| · L of an unmasked sum.
 *
 * @param sum `dimension` words
 * @param survivors |U3|, how many inputs were added
 * @throws TributaryError `vector/length`; `vector/sum-out-of-range` if a word is more than that many inputs can
 *   add up to: a mask was left in, or a survivor sent words that are off the grid
 */
export function dequantiseSum(sum: Uint32Array, survivors: number, p: AggregationParameters): Float64Array {
  if (sum.length !== p.dimension) throw wrongLength(sum.length, p.dimension);
  return signedCoordinates(sum, survivors, p);
}

/** As `dequantiseSum`, of any selection of coordinates. */
export function signedCoordinates(
  sum: Uint32Array,
  survivors: number,
  p: AggregationParameters,
): Float64Array {
  const zero = survivors * halfRange(p.bits);
  if (sum.some((word) => word > 2 * zero)) {
    throw new TributaryError('vector/sum-out-of-range', `a sum is more than ${survivors} inputs can make`);
  }
  return new Float64Array(sum).map((word) => word - zero);
}

/**
 * The weighted average (Σ q) · (range / L) · maxWeight / Σ weight, evaluated left to right in float64, so that
 * every party gets the same bits.
 *
 * @param signedSum from `dequantiseSum`
 * @param weightSum the sum of the survivors' weights
 * @throws TributaryError `parameters/weight` unless weightSum is a positive integer
 */
export function average(signedSum: Float64Array, weightSum: number, p: AggregationParameters): Float64Array {
  if (!Number.isSafeInteger(weightSum) || weightSum < 1) {
    throw new TributaryError(
      'parameters/weight',
      'the weights of the survivors add up to a positive integer',
    );
  }
  const step = p.range / halfRange(p.bits);
  return signedSum.map((sum) => (sum * step * p.maxWeight) / weightSum);
}

/** min(1, clip / ‖Δ‖₂) */
function clipScale(update: Float32Array | Float64Array, clip: number): number {
  return Math.min(1, clip / norm(update));
}

/** ‖x‖₂, also where the squares would overflow. */
function norm(update: Float32Array | Float64Array): number {
  let sum = 0;
  for (let c = 0; c < update.length; c++) {
    const x = update[c] ?? 0;
    sum += x * x;
  }
  // Then no coordinate is beyond 2^400, nor NaN.
  return sum < 2 ** 800 ? Math.sqrt(sum) : normOfLarge(update);
}

function normOfLarge(update: Float32Array | Float64Array): number {
  let largest = 0;
  for (const x of update) {
    if (!Number.isFinite(x)) {
      throw new TributaryError('vector/not-finite', 'the update holds NaN or an infinity: training diverged');
    }
    largest = Math.max(largest, Math.abs(x));
  }
  const scale = largest > 2 ** 400 ? largest : 1;
  let sum = 0;
  for (const x of update) sum += (x / scale) * (x / scale);
  return scale * Math.sqrt(sum);
}

function wrongLength(length: number, dimension: number): TributaryError {
  return new TributaryError(
    'vector/length',
    `the vector has ${length} coordinates, the job's model ${dimension}`,
  );
}
