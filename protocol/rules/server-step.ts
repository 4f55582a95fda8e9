/** The server's side of the model transition: FedAvg in a fixed order of float64 operations. protocol.md §2.5, §6.3 */
import { TributaryError } from '#crypto/error.ts';

/**
 * Model after = model before + rate · average, coordinate by coordinate, rounded once to float32.
 *
 * @param before `dimension` float32 weights
 * @param average `dimension` float64 numbers
 * @throws TributaryError `model/dimension` where the lengths differ, `model/not-finite` where a weight overflows
 */
export function applyAverage(
  before: Float32Array,
  average: Float64Array,
  serverLearningRate: number,
): Float32Array {
  if (before.length !== average.length) {
    throw new TributaryError(
      'model/dimension',
      `the average has ${average.length} weights, the model ${before.length}`,
    );
  }
  const after = new Float32Array(before.length);
  for (let i = 0; i < after.length; i++) {
    const weight = Math.fround((before[i] ?? 0) + serverLearningRate * (average[i] ?? 0));
    if (!Number.isFinite(weight)) {
      throw new TributaryError('model/not-finite', `weight ${i} leaves the range of float32 after the round`);
    }
    after[i] = weight;
  }
  return after;
}
