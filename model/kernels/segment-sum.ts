/** UnsortedSegmentSum on WASM: the gradient of Gather, and so of an Embedding layer. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';
import { wasmKernel } from './kernel.ts';

/** Row i of x is added to row segmentIds[i] of the result; a row whose id is out of range, to none. */
export const unsortedSegmentSum = (tf: Tensorflow): tfjs.KernelConfig =>
  wasmKernel(tf, 'UnsortedSegmentSum', (heap, { x, segmentIds }, { numSegments }) => {
    const width = tf.util.sizeFromShape(x.shape.slice(1));
    const sums = heap.allocate([numSegments, ...x.shape.slice(1)]);
    const [values, ids, out] = [heap.floats(x), heap.integers(segmentIds), heap.floats(sums)];
    out.fill(0);
    ids.forEach((id, row) => {
      if (id < 0 || id >= numSegments) return;
      let from = row * width;
      const end = (id + 1) * width;
      for (let to = id * width; to < end; to += 1) out[to] = (out[to] ?? 0) + (values[from++] ?? 0);
    });
    return sums;
  });
