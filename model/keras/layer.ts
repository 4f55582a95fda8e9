/** A checked layer: what it computes, on what shape, with which weights. Shapes leave out the batch. */
import type { Activation } from './configs.ts';

export type Shape = readonly number[];
export type Pair = readonly [number, number];

export type Window = Readonly<{
  size: Pair;
  strides: Pair;
  padding: 'valid' | 'same';
}>;

export type Convolution = Window & Readonly<{ dilation: Pair; activation: Activation; useBias: boolean }>;

/** What a layer computes, by Keras class name. */
export type Computation =
  | Readonly<{ className: 'Dense'; units: number; activation: Activation; useBias: boolean }>
  | Readonly<{ className: 'Activation'; activation: Activation }>
  | Readonly<{ className: 'Flatten' }>
  | Readonly<{ className: 'Reshape'; to: Shape }>
  | Readonly<{ className: 'Conv2D'; filters: number } & Convolution>
  | Readonly<{ className: 'DepthwiseConv2D'; multiplier: number } & Convolution>
  | Readonly<{ className: 'MaxPooling2D' | 'AveragePooling2D' } & Window>
  | Readonly<{ className: 'GlobalAveragePooling2D' | 'GlobalAveragePooling1D' }>
  | Readonly<{ className: 'Embedding'; words: number; dimension: number }>;

export type Layer = Readonly<{ name: string; input: Shape; output: Shape; computes: Computation }>;

/** A trainable tensor of a layer, and the bound of its first, uniform weights; 0 makes them zero. */
export type LayerTensor = Readonly<{
  name: string;
  shape: Shape;
  bound: number;
}>;

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);

export const activationOf = (computes: Computation): Activation =>
  'activation' in computes ? computes.activation : 'linear';
