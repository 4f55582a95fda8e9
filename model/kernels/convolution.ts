/**
 * The two gradients of Conv2D on WASM, as matrix products over columns of pixels (im2col), for any stride and
 * padding; dilation comes in dilation.ts. The backend lacks the filter's, and its input's takes four times as long.
 */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Heap, Tensorflow } from './heap.ts';
import { type Inputs, wasmKernel } from './kernel.ts';
import { type Geometry, type RowRange, allRows, eachSpan } from './window.ts';

/** Columns of a large batch are made in pieces, so that they never take more than this. */
const columnBytes = 64 * 1024 * 1024;

type Attrs = tfjs.Conv2DBackpropFilterAttrs | tfjs.Conv2DBackpropInputAttrs;
type Shape4D = [number, number, number, number];

function geometryOf(
  tf: Tensorflow,
  image: readonly number[],
  filter: readonly number[],
  attrs: Attrs,
): Geometry {
  if (attrs.dataFormat !== 'NHWC')
    throw new TypeError(`channels must come last, not as in ${attrs.dataFormat}`);
  return tf.backend_util.computeConv2DInfo(
    image as Shape4D,
    filter as Shape4D,
    attrs.strides,
    1,
    attrs.pad,
    attrs.dimRoundingMode,
  );
}

const depthOf = ({ filterHeight, filterWidth, inChannels }: Geometry): number =>
  filterHeight * filterWidth * inChannels;

/** All output rows, in pieces whose columns fit into `bytes`; at least one row a piece. */
function pieces(geometry: Geometry, bytes: number): RowRange[] {
  const { to: rows } = allRows(geometry);
  const size = Math.max(1, Math.floor(bytes / (4 * geometry.outWidth * depthOf(geometry))));
  return Array.from({ length: Math.ceil(rows / size) }, (_, piece) => ({
    from: piece * size,
    to: Math.min(rows, (piece + 1) * size),
  }));
}

/** Copies each position's window into a row of [positions, taps · channels]. */
function toColumns(geometry: Geometry, rows: RowRange, image: Float32Array, columns: Float32Array): void {
  const { inChannels, outWidth } = geometry;
  const depth = depthOf(geometry);
  const start = rows.from * outWidth;
  columns.fill(0);
  eachSpan(geometry, rows, (position, tap, pixel, taps) => {
    let to = (position - start) * depth + tap * inChannels;
    const end = (pixel + taps) * inChannels;
    for (let from = pixel * inChannels; from < end; from += 1) columns[to++] = image[from] ?? 0;
  });
}

/** Adds each row of [positions, taps · channels] to the pixels that its window saw. */
function addColumns(geometry: Geometry, rows: RowRange, columns: Float32Array, image: Float32Array): void {
  const { inChannels, outWidth } = geometry;
  const depth = depthOf(geometry);
  const start = rows.from * outWidth;
  eachSpan(geometry, rows, (position, tap, pixel, taps) => {
    let from = (position - start) * depth + tap * inChannels;
    const end = (pixel + taps) * inChannels;
    for (let to = pixel * inChannels; to < end; to += 1)
      image[to] = (image[to] ?? 0) + (columns[from++] ?? 0);
  });
}

/** Writes the matrix `from` of [rows, columns] as `to` of [columns, rows]. */
function transpose(from: Float32Array, to: Float32Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      to[column * rows + row] = from[row * columns + column] ?? 0;
    }
  }
}

/** dyᵀ · columns of one piece: [output channels, taps · channels]. */
function pieceOfFilter(
  heap: Heap,
  geometry: Geometry,
  rows: RowRange,
  { x, dy }: Inputs<'Conv2DBackpropFilter'>,
): tfjs.TensorInfo {
  const { outWidth, outChannels } = geometry;
  const positions = (rows.to - rows.from) * outWidth;
  const columns = heap.allocate([positions, depthOf(geometry)]);
  const errors = heap.allocate([outChannels, positions]);
  const start = rows.from * outWidth * outChannels;
  const dyOfPiece = heap.floats(dy).subarray(start, start + positions * outChannels);
  toColumns(geometry, rows, heap.floats(x), heap.floats(columns));
  transpose(dyOfPiece, heap.floats(errors), positions, outChannels);
  const product = heap.product(errors, columns);
  heap.free(columns);
  heap.free(errors);
  return product;
}

/** The filter's gradient, from the image and the gradient of the output. */
export const conv2dBackpropFilter = (tf: Tensorflow, bytes: number = columnBytes): tfjs.KernelConfig =>
  wasmKernel(tf, 'Conv2DBackpropFilter', (heap, inputs, attrs) => {
    const geometry = geometryOf(tf, inputs.x.shape, attrs.filterShape, attrs);
    const sum = new Float64Array(geometry.outChannels * depthOf(geometry));
    for (const rows of pieces(geometry, bytes)) {
      const piece = pieceOfFilter(heap, geometry, rows, inputs);
      heap.floats(piece).forEach((value, i) => (sum[i] = (sum[i] ?? 0) + value));
      heap.free(piece);
    }
    const gradient = heap.allocate(attrs.filterShape);
    transpose(Float32Array.from(sum), heap.floats(gradient), geometry.outChannels, depthOf(geometry));
    return gradient;
  });

/** The image's gradient, from the filter and the gradient of the output. */
export const conv2dBackpropInput = (tf: Tensorflow, bytes: number = columnBytes): tfjs.KernelConfig =>
  wasmKernel(tf, 'Conv2DBackpropInput', (heap, { dy, filter }, attrs) => {
    const geometry = geometryOf(tf, attrs.inputShape, filter.shape, attrs);
    const { outWidth, outChannels } = geometry;
    const gradient = heap.allocate(attrs.inputShape);
    const weights = heap.allocate([outChannels, depthOf(geometry)]);
    heap.floats(gradient).fill(0);
    transpose(heap.floats(filter), heap.floats(weights), depthOf(geometry), outChannels);
    for (const rows of pieces(geometry, bytes)) {
      const positions = (rows.to - rows.from) * outWidth;
      const errors = heap.allocate([positions, outChannels]);
      const start = rows.from * outWidth * outChannels;
      heap.floats(errors).set(heap.floats(dy).subarray(start, start + positions * outChannels));
      const columns = heap.product(errors, weights);
      addColumns(geometry, rows, heap.floats(columns), heap.floats(gradient));
      heap.free(columns);
      heap.free(errors);
    }
    heap.free(weights);
    return gradient;
  });
