/**
 * Convolutions on WASM with padding `same` and a window smaller than the stride. The backend (4.22) lets XNNPACK
 * compute the padding, which there is below zero and wraps around: the result is all zeros.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';

/** The forward kernels that ask XNNPACK for the padding. */
export const samePadded = ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative', 'FusedDepthwiseConv2D'] as const;

type Shape4D = [number, number, number, number];
/** DepthwiseConv2D of tfjs-layers gives null for its dilations, whatever the types of the kernel say. */
type Attrs = Pick<tfjs.Conv2DAttrs, 'strides' | 'pad'> &
  Readonly<{ dilations: tfjs.Conv2DAttrs['dilations'] | null }>;

/** The padding in numbers, when the window is smaller than the stride. */
function explicitly(
  tf: Tensorflow,
  { x, filter }: tfjs.NamedTensorInfoMap,
  { strides, dilations }: Attrs,
): tfjs.backend_util.ExplicitPadding | undefined {
  const { padInfo, ...window } = tf.backend_util.computeConv2DInfo(
    x?.shape as Shape4D,
    filter?.shape as Shape4D,
    strides,
    dilations ?? 1,
    'same',
    undefined,
    true,
  );
  if (window.filterHeight >= window.strideHeight && window.filterWidth >= window.strideWidth)
    return undefined;
  return [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
}

/** @returns the backend's own kernel, told the padding where it can not compute it */
export function withSamePadding(tf: Tensorflow, kernelName: (typeof samePadded)[number]): tfjs.KernelConfig {
  const plain = tf.getKernel(kernelName, 'wasm');
  return {
    ...plain,
    kernelFunc: (given) => {
      const attrs = given.attrs as unknown as Attrs;
      const pad = attrs.pad === 'same' ? explicitly(tf, given.inputs, attrs) : undefined;
      return plain.kernelFunc(pad === undefined ? given : { ...given, attrs: { ...given.attrs, pad } });
    },
  };
}
