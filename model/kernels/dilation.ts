/**
 * Gradients of dilated convolutions. TensorFlow.js 4.22 refuses them on every backend; but a dilated filter
 * is a plain one with zeros between its taps, whose gradients it has.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';

type Rates = readonly [height: number, width: number];

/** The attribute of the forward kernels: one rate, two of them, or none. */
const ratesOf = ({ dilations }: Partial<tfjs.Conv2DAttrs>): Rates =>
  Array.isArray(dilations) ? dilations : [dilations ?? 1, dilations ?? 1];

/** Zeros between the taps: a filter of [h, w, …] becomes one of [(h − 1) · rate + 1, …]. */
function inflate(tf: Tensorflow, filter: tfjs.Tensor4D, [rateHeight, rateWidth]: Rates): tfjs.Tensor4D {
  const [height, width, ...channels] = filter.shape;
  const depth = channels[0] * channels[1];
  const wide = tf.pad(tf.reshape(filter, [height, width, 1, depth]), [
    [0, 0],
    [0, 0],
    [0, rateWidth - 1],
    [0, 0],
  ]);
  const high = tf.pad(tf.reshape(wide, [height, 1, width * rateWidth, depth]), [
    [0, 0],
    [0, rateHeight - 1],
    [0, 0],
    [0, 0],
  ]);
  const whole = tf.reshape<tfjs.Rank.R4>(high, [height * rateHeight, width * rateWidth, ...channels]);
  return tf.slice(whole, 0, [(height - 1) * rateHeight + 1, (width - 1) * rateWidth + 1, ...channels]);
}

/** @returns the registered gradient of the convolution, taught to dilate */
export function dilatedGradient(
  tf: Tensorflow,
  convolution: 'Conv2D' | 'DepthwiseConv2dNative',
): tfjs.GradConfig {
  const plain = tf.getGradient(convolution);
  return {
    ...plain,
    gradFunc: (dy, saved, attrs) => {
      const [rateHeight, rateWidth] = ratesOf(attrs);
      if (rateHeight * rateWidth === 1) return plain.gradFunc(dy, saved, attrs);
      const [x, filter] = saved as [tfjs.Tensor4D, tfjs.Tensor4D];
      const inflated = inflate(tf, filter, [rateHeight, rateWidth]);
      const gradients = plain.gradFunc(dy, [x, inflated], { ...attrs, dilations: [1, 1] });
      const deflated = (gradient: tfjs.Tensor): tfjs.Tensor =>
        tf.stridedSlice(gradient, [0, 0, 0, 0], inflated.shape, [rateHeight, rateWidth, 1, 1]);
      return Object.fromEntries(
        Object.entries(gradients).map(([input, gradient]) => [
          input,
          input === 'filter' ? () => deflated(gradient()) : gradient,
        ]),
      );
    },
  };
}
