/**
 * The layers that a model may have, and what each demands of its Keras configuration.
 * A layer is here only if its gradients exist on every backend and a test trains it.
 * Configurations are strict: a key that is not listed could change what is computed.
 */
import { z } from 'zod';

/** Element-wise functions with gradients on every backend. */
export const activations = ['linear', 'relu', 'sigmoid', 'tanh'] as const;
export type Activation = (typeof activations)[number];

/** Bounds on what a stranger's model may ask of an owner's machine. */
export const modelLimits = {
  /** UTF-8 bytes of the topology. */
  topologyBytes: 256 * 1024,
  layers: 64,
  features: 65_536,
  units: 16_384,
  /** Trainable weights in all: 64 MiB of float32. */
  parameters: 2 ** 24,
} as const;

const name = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, dashes or underscores');
const inputShape = z.tuple([z.null(), z.int().min(1).max(modelLimits.features)]);
const activation = z.enum(activations);
const common = { name, trainable: z.literal(true).optional(), dtype: z.literal('float32').optional() };

const inputConfig = z.strictObject({
  name,
  batch_input_shape: inputShape,
  dtype: z.literal('float32').optional(),
  sparse: z.literal(false).optional(),
  ragged: z.literal(false).optional(),
});

const denseConfig = z.strictObject({
  ...common,
  units: z.int().min(1).max(modelLimits.units),
  activation: activation.default('linear'),
  use_bias: z.boolean().default(true),
  batch_input_shape: inputShape.optional(),
  // Named by Keras and not used: initial weights come from the job's seed alone (model/initial.ts).
  kernel_initializer: z.unknown().optional(),
  bias_initializer: z.unknown().optional(),
  kernel_regularizer: z.null().optional(),
  bias_regularizer: z.null().optional(),
  activity_regularizer: z.null().optional(),
  kernel_constraint: z.null().optional(),
  bias_constraint: z.null().optional(),
});

const activationConfig = z.strictObject({ ...common, activation, batch_input_shape: inputShape.optional() });

/** The envelope of a layer: its class decides how `config` is read. */
export const layerSchema = z.strictObject({
  class_name: z.string().max(100),
  config: z.record(z.string(), z.unknown()),
});

/** The allow-list, by Keras class name. */
export const layerConfigs = {
  InputLayer: inputConfig,
  Dense: denseConfig,
  Activation: activationConfig,
} as const;
export type LayerClass = keyof typeof layerConfigs;

export const isLayerClass = (text: string): text is LayerClass => Object.hasOwn(layerConfigs, text);
