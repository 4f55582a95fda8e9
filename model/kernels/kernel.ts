/** The kernels that we give to the WASM backend, and how one is defined. */
import type * as tfjs from '@tensorflow/tfjs-core';
import { type Heap, type Tensorflow, heapOf } from './heap.ts';

/** What TensorFlow.js gives to a kernel of each name. */
type Signatures = Readonly<{
  Conv2DBackpropFilter: { inputs: 'x' | 'dy'; attrs: tfjs.Conv2DBackpropFilterAttrs };
  Conv2DBackpropInput: { inputs: 'dy' | 'filter'; attrs: tfjs.Conv2DBackpropInputAttrs };
  DepthwiseConv2dNativeBackpropFilter: {
    inputs: 'x' | 'dy';
    attrs: tfjs.DepthwiseConv2dNativeBackpropFilterAttrs;
  };
  DepthwiseConv2dNativeBackpropInput: {
    inputs: 'dy' | 'filter';
    attrs: tfjs.DepthwiseConv2dNativeBackpropInputAttrs;
  };
  MaxPoolGrad: { inputs: 'dy' | 'input'; attrs: tfjs.MaxPoolGradAttrs };
  UnsortedSegmentSum: { inputs: 'x' | 'segmentIds'; attrs: tfjs.UnsortedSegmentSumAttrs };
}>;

export type Inputs<Name extends keyof Signatures> = Readonly<
  Record<Signatures[Name]['inputs'], tfjs.TensorInfo>
>;

/** @param compute gives a new tensor on the heap, and frees every other that it makes */
export const wasmKernel = <Name extends keyof Signatures>(
  tf: Tensorflow,
  kernelName: Name,
  compute: (heap: Heap, inputs: Inputs<Name>, attrs: Signatures[Name]['attrs']) => tfjs.TensorInfo,
): tfjs.KernelConfig => ({
  kernelName,
  backendName: 'wasm',
  // TensorFlow.js forgets the types of what it passes; the kernel's name says which they are.
  kernelFunc: ({ inputs, backend, attrs }) =>
    compute(heapOf(tf, backend), inputs as Inputs<Name>, attrs as unknown as Signatures[Name]['attrs']),
});
