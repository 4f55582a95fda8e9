/** What training minimises, from a model's output and a batch's labels: the mean over rows. protocol.md §6.5 */
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Loss } from '#protocol/recipe/recipe.ts';
import type { Tensorflow } from './tensorflow.ts';

/** Keeps the logarithm of a sure but wrong prediction finite; beyond it there is no gradient, as in Keras. */
const leastProbability = 1e-7;
/** Where huber turns from a square to a line, in scaled units. Huber 1964 */
const huberDelta = 1;

/** @param output rows × units @param labels a class's index or a scaled target a row */
export type LossOf = (output: Tensor2D, labels: Tensor1D) => Scalar;

export function lossOf(tf: Tensorflow, loss: Loss): LossOf {
  const column = (labels: Tensor1D): Tensor => tf.expandDims(labels, 1);
  const ofProbability = (probability: Tensor): Scalar =>
    tf.neg(tf.mean(tf.log(tf.clipByValue(probability, leastProbability, 1))));
  const error = (output: Tensor2D, labels: Tensor1D): Tensor => tf.sub(output, column(labels));
  switch (loss) {
    case 'binaryCrossentropy':
      // |p − (1 − label)| is, without rounding, the probability given to the label.
      return (output, labels) => ofProbability(tf.abs(tf.sub(output, tf.sub(1, column(labels)))));
    case 'categoricalCrossentropy':
      return (output, labels) => {
        const chosen = tf.oneHot(tf.cast(labels, 'int32'), output.shape[1]);
        return ofProbability(tf.sum(tf.mul(output, tf.cast(chosen, 'float32')), 1));
      };
    case 'meanSquaredError':
      return (output, labels) => tf.mean(tf.square(error(output, labels)));
    case 'meanAbsoluteError':
      return (output, labels) => tf.mean(tf.abs(error(output, labels)));
    case 'huber':
      return (output, labels) => {
        const size = tf.abs(error(output, labels));
        const square = tf.minimum(size, huberDelta);
        return tf.mean(tf.add(tf.mul(0.5, tf.square(square)), tf.mul(huberDelta, tf.sub(size, square))));
      };
    default:
      return loss satisfies never;
  }
}
