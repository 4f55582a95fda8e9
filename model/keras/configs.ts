/**
 * The layers that a model may have, and what each demands of its Keras configuration.
 * A layer is here only if its gradients exist on every backend and a test trains it: one that keeps state beside its
 * weights (batch normalisation) or draws random numbers (dropout) is not.
 * Configurations are strict: a key that is not listed could change what is computed.
 */
import { z } from 'zod';
import { modelLimits } from './limits.ts';

/** Element-wise functions, and softmax over a vector, with gradients on every backend. */
export const activations = ['linear', 'relu', 'sigmoid', 'tanh', 'softmax'] as const;
export type Activation = (typeof activations)[number];

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes or underscores');
const side = z.int().min(1).max(modelLimits.features);
/** A row's shape: numbers, [steps, numbers], or [height, width, channels]. */
const shape = z.union([z.tuple([side]), z.tuple([side, side]), z.tuple([side, side, side])], {
  error: 'expected [null, …] and one to three lengths',
});
const batchShape = z.preprocess(
  (value: unknown): unknown => (Array.isArray(value) && value[0] === null ? value.slice(1) : null),
  shape,
);
const pair = (most: number) => {
  const one = z.int().min(1).max(most);
  return z.union([one.transform((length) => [length, length] as const), z.tuple([one, one]).readonly()]);
};
const activation = z.enum(activations).default('linear');
const units = z.int().min(1).max(modelLimits.units);

const common = {
  name,
  trainable: z.literal(true).optional(),
  dtype: z.literal('float32').optional(),
  batch_input_shape: batchShape.optional(),
};

// Initialisers are named by Keras and not used: initial weights come from the job's seed alone (model/initial.ts).
const weighted = {
  ...common,
  kernel_initializer: z.unknown().optional(),
  bias_initializer: z.unknown().optional(),
  kernel_regularizer: z.null().optional(),
  bias_regularizer: z.null().optional(),
  activity_regularizer: z.null().optional(),
  kernel_constraint: z.null().optional(),
  bias_constraint: z.null().optional(),
  use_bias: z.boolean().default(true),
};

const inputConfig = z.strictObject({
  name,
  batch_input_shape: batchShape,
  dtype: z.literal('float32').optional(),
  sparse: z.literal(false).optional(),
  ragged: z.literal(false).optional(),
});

const padding = z.enum(['valid', 'same']).default('valid');
const channelsLast = z.literal('channels_last').nullable().optional();

const convolution = {
  ...weighted,
  rank: z.literal(2).optional(),
  kernel_size: pair(64),
  strides: pair(64).default([1, 1]),
  padding,
  dilation_rate: pair(64).default([1, 1]),
  data_format: channelsLast,
  activation,
};

const pooling = z.strictObject({
  ...common,
  pool_size: pair(64).default([2, 2]),
  strides: pair(64).nullable().optional(),
  padding,
  data_format: channelsLast,
});

const globalPooling2d = z.strictObject({ ...common, data_format: channelsLast });

/** The envelope of a layer: its class decides how `config` is read. */
export const layerSchema = z.strictObject({
  class_name: z.string().max(100),
  config: z.record(z.string(), z.unknown()),
});

/** The allow-list, by Keras class name. */
export const layerConfigs = {
  InputLayer: inputConfig,
  Dense: z.strictObject({ ...weighted, units, activation }),
  Activation: z.strictObject({ ...common, activation }),
  Flatten: z.strictObject({ ...common, data_format: channelsLast }),
  Reshape: z.strictObject({ ...common, target_shape: shape }),
  Conv2D: z.strictObject({ ...convolution, filters: units, groups: z.literal(1).optional() }),
  DepthwiseConv2D: z.strictObject({
    ...convolution,
    depth_multiplier: z.int().min(1).max(64).default(1),
    depthwise_initializer: z.unknown().optional(),
    depthwise_regularizer: z.null().optional(),
    depthwise_constraint: z.null().optional(),
  }),
  MaxPooling2D: pooling,
  AveragePooling2D: pooling,
  GlobalAveragePooling2D: globalPooling2d,
  GlobalAveragePooling1D: z.strictObject(common),
  Embedding: z.strictObject({
    ...common,
    input_dim: z
      .int()
      .min(3)
      .max(2 ** 20),
    output_dim: units,
    input_length: z.int().min(1).max(modelLimits.features).nullable().optional(),
    embeddings_initializer: z.unknown().optional(),
    embeddings_regularizer: z.null().optional(),
    activity_regularizer: z.null().optional(),
    embeddings_constraint: z.null().optional(),
    mask_zero: z.literal(false).nullable().optional(),
  }),
} as const;
export type LayerClass = keyof typeof layerConfigs;

/** Class names that a policy and a message may list. */
export const layerClasses = Object.keys(layerConfigs) as readonly LayerClass[];

export const isLayerClass = (text: string): text is LayerClass => Object.hasOwn(layerConfigs, text);
