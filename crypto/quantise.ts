/** From a float update to grid integers, and from their sum to the weighted average. protocol.md §2.1, §2.2, §2.5 */
import { TributaryError } from './error.ts';
import { type AggregationParameters, checkWeight, halfRange } from './parameters.ts';

/**
 * Scales an update to an L2 norm of at most `clip`: Δ · min(1, clip / ‖Δ‖₂).
 * @throws TributaryError `vector/not-finite` if a coordinate is NaN or infinite
 */
export function clipToNorm(update: Float32Array | Float64Array, clip: number): Float64Array {
  const scale = Math.min(1, clip / norm(update));
  // Widened first: a Float32Array's own map would round to float32.
  return new Float64Array(update).map((x) => x * scale);
}

/**
 * Clips an update, weights it by weight / maxWeight and rounds it onto the grid, half up.
 *
 * @param update `dimension` coordinates
 * @param weight a power of two, 1 … maxWeight
 * @returns `dimension` words in [0, 2L]; L stands for zero
 * @throws TributaryError `vector/length`, `vector/not-finite`, `parameters/weight`
 */
export function quantise(
  update: Float32Array | Float64Array,
  weight: number,
  p: AggregationParameters,
): Uint32Array {
  if (update.length !== p.dimension) throw wrongLength(update.length, p.dimension);
  checkWeight(weight, p);
  const { range } = p;
  const zero = halfRange(p.bits);
  const factor = zero / range;
  const fraction = weight / p.maxWeight;
  const words = new Uint32Array(p.dimension);
  for (const [c, x] of clipToNorm(update, p.clip).entries()) {
    const clamped = Math.max(-range, Math.min(range, x * fraction));
    words[c] = Math.floor(clamped * factor + zero + 0.5);
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

/** ‖x‖₂, also where the squares would overflow. */
function norm(update: Float32Array | Float64Array): number {
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
