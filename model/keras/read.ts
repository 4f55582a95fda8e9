/**
 * From Keras JSON to checked layers: size, shape and the allow-list of model/layers.ts.
 * Nothing of the text itself reaches TensorFlow; only what these types hold goes on.
 */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { type Activation, isLayerClass, layerConfigs, layerSchema, modelLimits } from './layers.ts';

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

/** What an allowed layer computes; an InputLayer computes nothing. */
type Computation =
  | Readonly<{ kind: 'input' }>
  | Readonly<{ kind: 'dense'; units: number; activation: Activation; useBias: boolean }>
  | Readonly<{ kind: 'activation'; activation: Activation }>;

/** One allowed layer; `input` is the width that it says it expects, if it says. */
export type KerasLayer = Readonly<{ name: string; input: number | undefined; computes: Computation }>;

function readLayer(raw: z.infer<typeof layerSchema>, index: number): KerasLayer {
  const given = raw.config['name'];
  const place = `layer ${index} (${raw.class_name} ${JSON.stringify(typeof given === 'string' ? given.slice(0, 64) : null)})`;
  const className = raw.class_name;
  if (!isLayerClass(className)) {
    return refuse(
      'model/layer-unknown',
      `${place} is not allowed: use ${Object.keys(layerConfigs).join(', ')}`,
    );
  }
  const bad = (error: z.ZodError): never =>
    refuse('model/layer-config', `${place}: ${reasonOf(error)}`, error);
  switch (className) {
    case 'InputLayer': {
      const { success, data, error } = layerConfigs.InputLayer.safeParse(raw.config);
      return success
        ? { name: data.name, input: data.batch_input_shape[1], computes: { kind: 'input' } }
        : bad(error);
    }
    case 'Dense': {
      const { success, data, error } = layerConfigs.Dense.safeParse(raw.config);
      if (!success) return bad(error);
      const { name, units, activation, use_bias: useBias } = data;
      return {
        name,
        input: data.batch_input_shape?.[1],
        computes: { kind: 'dense', units, activation, useBias },
      };
    }
    case 'Activation': {
      const { success, data, error } = layerConfigs.Activation.safeParse(raw.config);
      if (!success) return bad(error);
      const { name, activation } = data;
      return { name, input: data.batch_input_shape?.[1], computes: { kind: 'activation', activation } };
    }
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
