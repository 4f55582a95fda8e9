/**
 * From Keras JSON to checked layers: size, shape and the allow-list of model/keras/configs.ts.
 * Nothing of the text itself reaches TensorFlow; only what these types hold goes on.
 */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { isLayerClass, layerClasses, layerConfigs, layerSchema, type LayerClass } from './configs.ts';
import type { Computation, Pair, Shape } from './layer.ts';
import { modelLimits } from './limits.ts';

const sequentialSchema = z.strictObject({
  class_name: z.literal('Sequential'),
  config: z.strictObject({ name: z.string().max(100), layers: z.array(layerSchema).min(1) }),
  keras_version: z.string().max(100).optional(),
  backend: z.string().max(100).optional(),
});

const reasonOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => [issue.path.join('.'), issue.message].filter((part) => part !== '').join(': '))
    .join('; ');

export function refuse(code: string, message: string, cause?: unknown): never {
  throw new TributaryError(code, message, { cause });
}

function parseEnvelope(json: string): z.infer<typeof sequentialSchema> {
  // Text of more characters than the limit has more bytes too: refused before it is encoded.
  const tooLarge =
    json.length > modelLimits.topologyBytes ||
    new TextEncoder().encode(json).length > modelLimits.topologyBytes;
  if (tooLarge) refuse('model/topology-size', `the topology is over ${modelLimits.topologyBytes} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    refuse('model/topology-json', 'the topology is not JSON: pass what model.toJSON() wrote', cause);
  }
  const parsed = sequentialSchema.safeParse(value);
  if (!parsed.success) {
    refuse(
      'model/topology-shape',
      `expected a Keras Sequential model: ${reasonOf(parsed.error)}`,
      parsed.error,
    );
  }
  const count = parsed.data.config.layers.length;
  if (count > modelLimits.layers) {
    refuse('model/too-deep', `the model has ${count} layers, the most is ${modelLimits.layers}`);
  }
  return parsed.data;
}

/** One allowed layer; `input` is the shape that it says it expects, if it says; an InputLayer computes nothing. */
export type KerasLayer = Readonly<{ name: string; input: Shape | undefined; computes: Computation | null }>;

type Named = Readonly<{ name: string; batch_input_shape?: Shape | undefined }>;

type WrittenConvolution = Readonly<{
  kernel_size: Pair;
  strides: Pair;
  padding: 'valid' | 'same';
  dilation_rate: Pair;
  activation: Extract<Computation, { className: 'Conv2D' }>['activation'];
  use_bias: boolean;
}>;

const convolutionOf = (config: WrittenConvolution) => ({
  size: config.kernel_size,
  strides: config.strides,
  padding: config.padding,
  dilation: config.dilation_rate,
  activation: config.activation,
  useBias: config.use_bias,
});

function readLayer(raw: z.infer<typeof layerSchema>, index: number): KerasLayer {
  const given = raw.config['name'];
  const place = `layer ${index} (${raw.class_name} ${JSON.stringify(typeof given === 'string' ? given.slice(0, 64) : null)})`;
  const className = raw.class_name;
  if (!isLayerClass(className)) {
    return refuse('model/layer-unknown', `${place} is not allowed: use ${layerClasses.join(', ')}`);
  }

  function read<T extends Named>(
    schema: z.ZodType<T>,
    compute: (config: T) => Computation | null,
  ): KerasLayer {
    const { success, data, error } = schema.safeParse(raw.config);
    if (!success) return refuse('model/layer-config', `${place}: ${reasonOf(error)}`, error);
    return { name: data.name, input: data.batch_input_shape, computes: compute(data) };
  }

  return readAs(className, read);
}

type Read = <T extends Named>(schema: z.ZodType<T>, compute: (config: T) => Computation | null) => KerasLayer;

function readAs(className: LayerClass, read: Read): KerasLayer {
  switch (className) {
    case 'InputLayer':
      return read(layerConfigs.InputLayer, () => null);
    case 'Dense':
      return read(layerConfigs.Dense, ({ units, activation, use_bias: useBias }) => ({
        className,
        units,
        activation,
        useBias,
      }));
    case 'Activation':
      return read(layerConfigs.Activation, ({ activation }) => ({ className, activation }));
    case 'Flatten':
      return read(layerConfigs.Flatten, () => ({ className }));
    case 'Reshape':
      return read(layerConfigs.Reshape, ({ target_shape: to }) => ({ className, to }));
    case 'Conv2D':
      return read(layerConfigs.Conv2D, (config) => ({
        className,
        filters: config.filters,
        ...convolutionOf(config),
      }));
    case 'DepthwiseConv2D':
      return read(layerConfigs.DepthwiseConv2D, (config) => ({
        className,
        multiplier: config.depth_multiplier,
        ...convolutionOf(config),
      }));
    case 'MaxPooling2D':
    case 'AveragePooling2D':
      return read(layerConfigs[className], ({ pool_size: size, strides, padding }) => ({
        className,
        size,
        strides: strides ?? size,
        padding,
      }));
    case 'GlobalAveragePooling2D':
      return read(layerConfigs.GlobalAveragePooling2D, () => ({ className }));
    case 'GlobalAveragePooling1D':
      return read(layerConfigs.GlobalAveragePooling1D, () => ({ className }));
    case 'Embedding':
      return read(layerConfigs.Embedding, ({ input_dim: words, output_dim: dimension }) => ({
        className,
        words,
        dimension,
      }));
    default:
      return className satisfies never;
  }
}

/**
 * The layers of a Keras Sequential model, in order.
 *
 * @throws TributaryError `model/topology-size`, `-json`, `-shape`; `model/too-deep`; `model/layer-unknown`, `-config`
 */
export function readKerasLayers(json: string): KerasLayer[] {
  return parseEnvelope(json).config.layers.map(readLayer);
}
