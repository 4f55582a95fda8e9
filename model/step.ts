/** One step of local training: a batch, its loss, and the optimiser's move. protocol.md §2.1 */
import type { MomentumOptimizer, Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { TributaryError } from '#crypto/error.ts';
import type { Recipe } from '#protocol/recipe.ts';
import { fromDecimal } from '#protocol/units.ts';
import type { Rows } from './rows.ts';
import type { Tensorflow } from './tensorflow.ts';

/** Keeps the logarithm of a sure but wrong prediction finite; beyond it there is no gradient, as in Keras. */
const leastProbability = 1e-7;

/** The chosen rows as tensors: features, and 1 − label. */
function batchOf(
  tf: Tensorflow,
  rows: Rows,
  features: number,
  chosen: Uint32Array,
): { x: Tensor2D; miss: Tensor2D } {
  const values = new Float32Array(chosen.length * features);
  const misses = new Float32Array(chosen.length);
  chosen.forEach((row, i) => {
    values.set(rows.features.subarray(row * features, (row + 1) * features), i * features);
    misses[i] = 1 - (rows.labels[row] ?? 0);
  });
  return { x: tf.tensor2d(values, [chosen.length, features]), miss: tf.tensor2d(misses, [chosen.length, 1]) };
}

/** Binary cross-entropy: |p − (1 − label)| is, without rounding, the probability given to the label. */
function meanLoss(tf: Tensorflow, network: Sequential, x: Tensor2D, miss: Tensor2D): Scalar {
  const probability = network.apply(x, { training: true });
  if (!(probability instanceof tf.Tensor)) throw new TypeError('a network of tensors gives a tensor');
  const ofLabel = tf.clipByValue(tf.abs(tf.sub(probability, miss)), leastProbability, 1);
  return tf.neg(tf.mean(tf.log(ofLabel)));
}

export type SgdSettings = Readonly<{ learningRate: number; momentum: number }>;

/**
 * Reads the recipe's optimiser, before anything is allocated.
 *
 * @throws TributaryError `model/recipe` for a rate outside (0, 100] or momentum outside [0, 1)
 */
export function sgdSettings(optimiser: Recipe['optimiser']): SgdSettings {
  const learningRate = fromDecimal(optimiser.learningRate);
  const momentum = fromDecimal(optimiser.momentum);
  if (!(learningRate > 0 && learningRate <= 100)) {
    throw new TributaryError(
      'model/recipe',
      `the learning rate must be above 0 and at most 100, not ${learningRate}`,
    );
  }
  if (!(momentum >= 0 && momentum < 1)) {
    throw new TributaryError('model/recipe', `momentum must be at least 0 and below 1, not ${momentum}`);
  }
  return { learningRate, momentum };
}

/** SGD with momentum: v ← m·v + g, w ← w − rate·v, v from zero. */
export const sgd = (tf: Tensorflow, { learningRate, momentum }: SgdSettings): MomentumOptimizer =>
  tf.train.momentum(learningRate, momentum);

/** The optimiser's own dispose() leaves its learning rate behind in tf.js 4.22. */
export function disposeOptimiser(tf: Tensorflow, optimizer: MomentumOptimizer): void {
  optimizer.dispose();
  tf.dispose(optimizer['c']);
}

/**
 * @param data the owner's rows, `features` numbers each
 * @returns a function that steps on the rows with the given numbers, and gives their mean loss before it
 */
export function stepper(
  tf: Tensorflow,
  network: Sequential,
  optimizer: MomentumOptimizer,
  data: Readonly<{ features: number; rows: Rows }>,
): (chosen: Uint32Array) => number {
  const variables = network.trainableWeights
    .map((weight) => weight.read())
    .filter((tensor): tensor is Variable => tensor instanceof tf.Variable);
  return (chosen) =>
    tf.tidy(() => {
      const { x, miss } = batchOf(tf, data.rows, data.features, chosen);
      const cost = optimizer.minimize(() => meanLoss(tf, network, x, miss), true, variables);
      return cost?.dataSync()[0] ?? Number.NaN;
    });
}
