/**
 * Reads a model's Keras topology. A topology is hostile input: whatever is not on the allow-list
 * (model/layers.ts) is refused by name, and nothing of the text itself reaches TensorFlow.
 * protocol.md §2.1: the flat vector follows the order of `tensors`.
 */
import { readKerasLayers, refuse } from './keras-json.ts';
import { type Activation, modelLimits } from './layers.ts';

export type DenseLayer = Readonly<{
  kind: 'dense';
  name: string;
  inputs: number;
  units: number;
  activation: Activation;
  useBias: boolean;
}>;
export type ActivationLayer = Readonly<{ kind: 'activation'; name: string; activation: Activation }>;
export type Layer = DenseLayer | ActivationLayer;

/** A trainable tensor and its place in the flat vector. A kernel's shape is [inputs, units]. */
export type TensorSpec = Readonly<{
  name: string;
  role: 'kernel' | 'bias';
  shape: readonly number[];
  size: number;
  offset: number;
}>;

/** A sequential binary classifier; `dimension` is the number of its trainable weights. */
export type Topology = Readonly<{
  features: number;
  layers: readonly Layer[];
  tensors: readonly TensorSpec[];
  dimension: number;
}>;

function tensorsOf(layers: readonly Layer[]): TensorSpec[] {
  const tensors: TensorSpec[] = [];
  let offset = 0;
  const add = (name: string, role: TensorSpec['role'], shape: readonly number[]): void => {
    const size = shape.reduce((product, length) => product * length, 1);
    tensors.push({ name, role, shape, size, offset });
    offset += size;
  };
  for (const layer of layers) {
    if (layer.kind !== 'dense') continue;
    add(`${layer.name}/kernel`, 'kernel', [layer.inputs, layer.units]);
    if (layer.useBias) add(`${layer.name}/bias`, 'bias', [layer.units]);
  }
  return tensors;
}

/** The only loss of version 1 is binary cross-entropy: the model ends in one number from a sigmoid. */
function assertBinaryOutput(layers: readonly Layer[], width: number): void {
  const last = layers.at(-1);
  if (width !== 1 || last?.activation !== 'sigmoid') {
    refuse(
      'model/output',
      'the model must end in one sigmoid unit: Dense with units 1 and activation sigmoid',
    );
  }
}

/**
 * Reads and checks a Keras topology.
 *
 * @param json what `model.toJSON()` of a tf.js or Keras 2 Sequential model gives, ≤ 256 KiB
 * @throws TributaryError `model/topology-size`, `-json`, `-shape`; `model/too-deep`; `model/layer-unknown`,
 *   `-config`, `-name`, `-input` (each names the layer); `model/parameters`; `model/output`
 */
export function parseTopology(json: string): Topology {
  const read = readKerasLayers(json);
  const features =
    read[0]?.input ?? refuse('model/layer-input', 'layer 0 must say batch_input_shape: [null, features]');
  const names = new Set<string>();
  const layers: Layer[] = [];
  let width = features;
  read.forEach(({ name, input, computes }, index) => {
    const place = `layer ${index} (${name})`;
    if (names.has(name)) refuse('model/layer-name', `${place} repeats the name of another layer`);
    names.add(name);
    if (input !== undefined && input !== width) {
      refuse('model/layer-input', `${place} wants ${input} inputs, but is given ${width}`);
    }
    switch (computes.kind) {
      case 'input':
        if (index > 0) refuse('model/layer-input', `${place} is an input, which only layer 0 may be`);
        break;
      case 'dense':
        layers.push({ ...computes, name, inputs: width });
        width = computes.units;
        break;
      case 'activation':
        layers.push({ ...computes, name });
        break;
      default:
        computes satisfies never;
    }
  });
  assertBinaryOutput(layers, width);
  const tensors = tensorsOf(layers);
  const dimension = tensors.reduce((sum, tensor) => sum + tensor.size, 0);
  if (dimension < 1 || dimension > modelLimits.parameters) {
    refuse(
      'model/parameters',
      `the model has ${dimension} weights: 1 to ${modelLimits.parameters} are allowed`,
    );
  }
  return { features, layers, tensors, dimension };
}
