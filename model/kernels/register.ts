/** Makes TensorFlow.js able to train convolutions, pools and embeddings, for model/tensorflow.ts. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { averagePoolGradient } from './average-pool.ts';
import { conv2dBackpropFilter, conv2dBackpropInput } from './convolution.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise.ts';
import { dilatedGradient } from './dilation.ts';
import type { Tensorflow } from './heap.ts';
import { transposedFirst } from './matrix-product.ts';
import { maxPoolGrad } from './max-pool.ts';
import { samePadded, withSamePadding } from './same-padding.ts';
import { unsortedSegmentSum } from './segment-sum.ts';

/** Ours wrap the ones that they replace, and must do so once: the mark is theirs, for this module may be loaded twice. */
const mark = Symbol.for('tributary/wrapped');
/** Not enumerable: a copy of one of ours is not ours. */
const marked = <T extends object>(config: T): T => Object.defineProperty(config, mark, { value: true });

/** Replaces what is wrong or missing in the gradients of all backends. May be called again. */
export function registerGradients(tf: Tensorflow): void {
  const replace = (name: string, gradient: () => tfjs.GradConfig): void => {
    if (mark in tf.getGradient(name)) return;
    tf.registerGradient(marked(gradient()));
  };
  replace('Conv2D', () => dilatedGradient(tf, 'Conv2D'));
  replace('DepthwiseConv2dNative', () => dilatedGradient(tf, 'DepthwiseConv2dNative'));
  replace('AvgPool', () => averagePoolGradient(tf));
}

const kernels = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  maxPoolGrad,
  unsortedSegmentSum,
];

/**
 * Adds to the WASM backend, whose package must be loaded, the kernels that training needs, and corrects its own.
 * May be called again.
 */
export function registerWasmKernels(tf: Tensorflow): void {
  const present = new Set(tf.getKernelsForBackend('wasm').map(({ kernelName }) => kernelName));
  const replace = (config: tfjs.KernelConfig): void => {
    if (present.has(config.kernelName)) tf.unregisterKernel(config.kernelName, 'wasm');
    tf.registerKernel(config);
  };
  for (const kernel of kernels) replace(kernel(tf));
  const wrap = (name: string, wrapper: () => tfjs.KernelConfig): void => {
    if (mark in tf.getKernel(name, 'wasm')) return;
    replace(marked(wrapper()));
  };
  for (const name of samePadded) wrap(name, () => withSamePadding(tf, name));
  wrap('BatchMatMul', () => transposedFirst(tf));
}
