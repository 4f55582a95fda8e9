/** A small model for every layer that a job may use. */
import type { Backend, TensorflowLayers } from '#model/tensorflow.ts';
import { type Values, noise } from './backends.ts';

type Layers = TensorflowLayers['layers'];
export type Model = Readonly<{ input: Values; layers: (of: Layers, backend: Backend) => unknown[] }>;

export const image = noise([3, 7, 6, 2], 5);
const rows = noise([4, 5], 6);
const words: Values = { shape: [2, 4], data: Int32Array.of(0, 3, 3, 1, 5, 0, 3, 2) };
export const imageShape = { inputShape: [7, 6, 2] };
const wordShape = { inputDim: 6, outputDim: 3, inputLength: 4 };

export const models: Readonly<Record<string, Model>> = {
  'Dense and each activation': {
    input: rows,
    layers: (of) => [
      of.dense({ units: 6, activation: 'relu', inputShape: [5] }),
      of.dense({ units: 5, activation: 'sigmoid' }),
      of.dense({ units: 4, activation: 'tanh', useBias: false }),
      of.activation({ activation: 'relu' }),
      of.dense({ units: 4 }),
      of.activation({ activation: 'sigmoid' }),
      of.activation({ activation: 'tanh' }),
      of.dense({ units: 3, activation: 'softmax' }),
    ],
  },
  'Activation softmax': {
    input: rows,
    layers: (of) => [of.dense({ units: 3, inputShape: [5] }), of.activation({ activation: 'softmax' })],
  },
  'Conv2D of each activation': {
    input: image,
    layers: (of) => [
      of.conv2d({ filters: 3, kernelSize: [3, 2], activation: 'relu', padding: 'same', ...imageShape }),
      of.conv2d({ filters: 2, kernelSize: 2, strides: [1, 2] }),
      of.conv2d({ filters: 2, kernelSize: 2, activation: 'tanh', strides: 2, padding: 'same' }),
      of.conv2d({
        filters: 2,
        kernelSize: 1,
        activation: 'sigmoid',
        useBias: false,
        strides: 2,
        padding: 'same',
      }),
    ],
  },
  'Conv2D, Flatten, Reshape, Dense of images': {
    input: image,
    layers: (of) => [
      of.conv2d({ filters: 3, kernelSize: 3, activation: 'relu', ...imageShape }),
      of.flatten(),
      of.reshape({ targetShape: [10, 6] }),
      of.dense({ units: 2 }),
    ],
  },
  DepthwiseConv2D: {
    input: image,
    layers: (of) => [
      of.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, activation: 'relu', ...imageShape }),
      of.depthwiseConv2d({ kernelSize: 2, strides: [2, 2], padding: 'same' }),
      of.depthwiseConv2d({ kernelSize: 2, activation: 'tanh', useBias: false, padding: 'same' }),
    ],
  },
  'MaxPooling2D and GlobalAveragePooling2D': {
    input: image,
    layers: (of) => [
      of.conv2d({ filters: 3, kernelSize: 1, ...imageShape }),
      of.maxPooling2d({ poolSize: 2, strides: 1 }),
      of.maxPooling2d({ poolSize: [2, 3], padding: 'same' }),
      of.globalAveragePooling2d({}),
    ],
  },
  AveragePooling2D: {
    input: image,
    layers: (of) => [
      of.conv2d({ filters: 3, kernelSize: 1, ...imageShape }),
      of.averagePooling2d({ poolSize: 2, strides: 1 }),
      of.averagePooling2d({ poolSize: [2, 3], padding: 'same' }),
    ],
  },
  'Embedding and GlobalAveragePooling1D': {
    input: words,
    layers: (of) => [of.embedding(wordShape), of.globalAveragePooling1d(), of.dense({ units: 2 })],
  },
  'Embedding, Dense, Flatten': {
    input: words,
    layers: (of) => [of.embedding(wordShape), of.dense({ units: 2, activation: 'relu' }), of.flatten()],
  },
};
