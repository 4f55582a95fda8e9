/**
 * The gradient of AvgPool over padding. TensorFlow.js's own backends leave the padding out of the average, but
 * divide its gradient by the whole window (4.22), so that the edges of an image learn too little.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';
import { allRows, eachSpan } from './window.ts';

/** Native TensorFlow has the right gradient already. */
const engines: readonly string[] = ['cpu', 'wasm'];

/** How many times more than in the gradient each output's pixels count in the average: [1, height, width, 1]. */
function corrections(tf: Tensorflow, image: tfjs.Tensor4D, attrs: tfjs.AvgPoolAttrs): tfjs.Tensor4D {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  const [, height, width] = image.shape;
  const one = tf.backend_util.computePool2DInfo(
    [1, height, width, 1],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const pixels = new Float32Array(one.outHeight * one.outWidth);
  eachSpan(one, allRows(one), (position, _tap, _pixel, taps) => {
    pixels[position] = (pixels[position] ?? 0) + taps;
  });
  const window = one.filterHeight * one.filterWidth;
  return tf.tensor4d(
    pixels.map((seen) => window / seen),
    [1, one.outHeight, one.outWidth, 1],
  );
}

/** @returns the registered gradient, with the average's own divisor */
export function averagePoolGradient(tf: Tensorflow): tfjs.GradConfig {
  const plain = tf.getGradient('AvgPool');
  return {
    ...plain,
    gradFunc: (dy, saved, attrs) => {
      if (!engines.includes(tf.getBackend())) return plain.gradFunc(dy, saved, attrs);
      const [image] = saved as [tfjs.Tensor4D];
      const counts = corrections(tf, image, attrs as unknown as tfjs.AvgPoolAttrs);
      return plain.gradFunc(tf.mul(dy as tfjs.Tensor, counts), saved, attrs);
    },
  };
}
