/** The two gradients of DepthwiseConv2dNative on WASM, for any stride and padding; dilation comes in dilation.ts. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tensorflow } from './heap.ts';
import { wasmKernel } from './kernel.ts';
import { type Geometry, allRows, eachSpan } from './window.ts';

type Attrs = tfjs.DepthwiseConv2dNativeBackpropFilterAttrs | tfjs.DepthwiseConv2dNativeBackpropInputAttrs;
type Shape4D = [number, number, number, number];

const geometryOf = (
  tf: Tensorflow,
  image: readonly number[],
  filter: readonly number[],
  { strides, pad, dimRoundingMode }: Attrs,
): Geometry =>
  tf.backend_util.computeConv2DInfo(
    image as Shape4D,
    filter as Shape4D,
    strides,
    1,
    pad,
    dimRoundingMode,
    true,
  );

/**
 * Visits each product of the convolution: image[`x`] · filter[`w`] was added to output[`y`].
 * Output channel c · multiplier + m belongs to input channel c.
 */
function eachProduct(geometry: Geometry, visit: (x: number, w: number, y: number) => void): void {
  const { inChannels, outChannels } = geometry;
  const multiplier = outChannels / inChannels;
  eachSpan(geometry, allRows(geometry), (position, tap, pixel, taps) => {
    let x = pixel * inChannels;
    let w = tap * outChannels;
    for (const end = x + taps * inChannels; x < end;) {
      let y = position * outChannels;
      for (let channel = 0; channel < inChannels; channel += 1, x += 1) {
        for (let m = 0; m < multiplier; m += 1) visit(x, w++, y++);
      }
    }
  });
}

/** The filter's gradient, from the image and the gradient of the output. */
export const depthwiseBackpropFilter = (tf: Tensorflow): tfjs.KernelConfig =>
  wasmKernel(tf, 'DepthwiseConv2dNativeBackpropFilter', (heap, inputs, attrs) => {
    const geometry = geometryOf(tf, inputs.x.shape, attrs.filterShape, attrs);
    const gradient = heap.allocate(attrs.filterShape);
    const [image, errors, out] = [heap.floats(inputs.x), heap.floats(inputs.dy), heap.floats(gradient)];
    // Each weight is a sum over all positions of the batch, too long for the precision of float32.
    const sum = new Float64Array(out.length);
    eachProduct(geometry, (x, w, y) => (sum[w] = (sum[w] ?? 0) + (image[x] ?? 0) * (errors[y] ?? 0)));
    out.set(sum);
    return gradient;
  });

/** The image's gradient, from the filter and the gradient of the output. */
export const depthwiseBackpropInput = (tf: Tensorflow): tfjs.KernelConfig =>
  wasmKernel(tf, 'DepthwiseConv2dNativeBackpropInput', (heap, inputs, attrs) => {
    const geometry = geometryOf(tf, attrs.inputShape, inputs.filter.shape, attrs);
    const gradient = heap.allocate(attrs.inputShape);
    const [filter, errors, out] = [heap.floats(inputs.filter), heap.floats(inputs.dy), heap.floats(gradient)];
    out.fill(0);
    eachProduct(geometry, (x, w, y) => (out[x] = (out[x] ?? 0) + (filter[w] ?? 0) * (errors[y] ?? 0)));
    return gradient;
  });
