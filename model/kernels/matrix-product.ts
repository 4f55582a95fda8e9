/**
 * BatchMatMul on WASM with a transposed factor, as in the gradients of every Dense layer. The backend (4.22)
 * leaves it to a slow loop, ten times slower than transposing first and taking its fast product.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import { type Tensorflow, heapOf } from './heap.ts';

/** The last two axes change places. */
function swapped(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}

/** @returns the backend's own kernel, which transposes beforehand */
export function transposedFirst(tf: Tensorflow): tfjs.KernelConfig {
  const plain = tf.getKernel('BatchMatMul', 'wasm');
  return {
    ...plain,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const heap = heapOf(tf, backend);
      const { transposeA, transposeB } = attrs as unknown as tfjs.BatchMatMulAttrs;
      const made: tfjs.TensorInfo[] = [];
      const plainly = (factor: tfjs.TensorInfo, transposed: boolean): tfjs.TensorInfo => {
        if (!transposed) return factor;
        const { kernelFunc } = tf.getKernel('Transpose', 'wasm');
        const perm = swapped(factor.shape.length);
        const copy = kernelFunc({ inputs: { x: factor }, backend, attrs: { perm } }) as tfjs.TensorInfo;
        made.push(copy);
        return copy;
      };
      const { a, b } = inputs as { a: tfjs.TensorInfo; b: tfjs.TensorInfo };
      const factors = { a: plainly(a, transposeA), b: plainly(b, transposeB) };
      const product = plain.kernelFunc({
        inputs: factors,
        backend,
        attrs: { transposeA: false, transposeB: false },
      });
      made.forEach(heap.free);
      return product;
    },
  };
}
