/** An owner's optimiser as TensorFlow.js has it. Its state begins at zero with each round. protocol.md §6.5 */
import type { Optimizer } from '@tensorflow/tfjs-core';
import type { Optimiser } from '#protocol/recipe/optimisers.ts';
import { fromDecimal } from '#protocol/units.ts';
import type { Tensorflow } from './tensorflow.ts';

/** @param learningRate the round's, by the recipe's schedule */
export function createOptimiser(tf: Tensorflow, optimiser: Optimiser, learningRate: number): Optimizer {
  switch (optimiser.name) {
    case 'sgd':
      return tf.train.momentum(learningRate, fromDecimal(optimiser.momentum));
    case 'adam':
      return tf.train.adam(
        learningRate,
        fromDecimal(optimiser.beta1),
        fromDecimal(optimiser.beta2),
        fromDecimal(optimiser.epsilon),
      );
    case 'rmsprop':
      return tf.train.rmsprop(
        learningRate,
        fromDecimal(optimiser.decay),
        fromDecimal(optimiser.momentum),
        fromDecimal(optimiser.epsilon),
      );
    default:
      return optimiser satisfies never;
  }
}

/** Momentum's own dispose() leaves its learning rate behind in tf.js 4.22. */
export function disposeOptimiser(tf: Tensorflow, optimizer: Optimizer): void {
  optimizer.dispose();
  if ('c' in optimizer && optimizer.c instanceof tf.Tensor) optimizer.c.dispose();
}
