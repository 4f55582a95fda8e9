/**
 * The gradient of MaxPool on WASM. The backend has one, but it lets the last of equal pixels win where
 * every other backend takes the first, and after a ReLU equal pixels are common.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';
import { wasmKernel } from './kernel.ts';
import { allRows, eachSpan } from './window.ts';

export const maxPoolGrad = (tf: Tensorflow): tfjs.KernelConfig =>
  wasmKernel(tf, 'MaxPoolGrad', (heap, { dy, input }, { filterSize, strides, pad, dimRoundingMode }) => {
    const geometry = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const { inChannels } = geometry;
    const gradient = heap.allocate(input.shape);
    const [image, errors, out] = [heap.floats(input), heap.floats(dy), heap.floats(gradient)];
    const largest = new Float32Array(errors.length).fill(-Infinity);
    // A window of NaN has none.
    const winner = new Int32Array(errors.length).fill(-1);
    eachSpan(geometry, allRows(geometry), (position, _tap, pixel, taps) => {
      for (let x = pixel * inChannels, end = x + taps * inChannels; x < end;) {
        const next = (position + 1) * inChannels;
        for (let y = position * inChannels; y < next; y += 1, x += 1) {
          const value = image[x] ?? 0;
          if (value > (largest[y] ?? 0)) {
            largest[y] = value;
            winner[y] = x;
          }
        }
      }
    });
    out.fill(0);
    winner.forEach((x, y) => {
      if (x >= 0) out[x] = (out[x] ?? 0) + (errors[y] ?? 0);
    });
    return gradient;
  });
