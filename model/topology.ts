/**
 * Reads a model's Keras topology. A topology is hostile input: whatever is not on the allow-list
 * (model/keras/configs.ts), does not fit what comes before it or costs too much is refused by the layer's name, and
 * nothing of the text itself reaches TensorFlow. protocol.md §2.1: the flat vector follows the order of `tensors`.
 */
import type { Activation, LayerClass } from './keras/configs.ts';
import { activationOf, sizeOf, type Layer, type LayerTensor, type Shape } from './keras/layer.ts';
import { modelLimits } from './keras/limits.ts';
import { readKerasLayers, refuse } from './keras/read.ts';
import { operationsOf, shapeAfter } from './keras/shapes.ts';
import { tensorsOf } from './keras/tensors.ts';

/** A trainable tensor and its place in the flat vector. */
export type TensorSpec = LayerTensor & Readonly<{ size: number; offset: number }>;

/** A sequential model of one output vector; `dimension` is the number of its trainable weights. */
export type Topology = Readonly<{
  /** A row's shape, without the batch. */
  input: Shape;
  /** Numbers of a row: the product of `input`. */
  features: number;
  layers: readonly Layer[];
  /** The numbers that the last layer gives, and by which function. */
  output: Readonly<{ units: number; activation: Activation }>;
  tensors: readonly TensorSpec[];
  dimension: number;
}>;

function placed(tensors: readonly LayerTensor[]): TensorSpec[] {
  let offset = 0;
  return tensors.map((tensor) => {
    const spec = { ...tensor, size: sizeOf(tensor.shape), offset };
    offset += spec.size;
    return spec;
  });
}

const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, at) => n === b[at]);
const written = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Layers on the shapes that they get, each refused by its name. */
function chain(json: string): Readonly<{ input: Shape; layers: Layer[] }> {
  const read = readKerasLayers(json);
  const input =
    read[0]?.input ?? refuse('model/layer-input', 'layer 0 must say batch_input_shape: [null, …]');
  const names = new Set<string>();
  const layers: Layer[] = [];
  let shape = input;
  let operations = 0;
  read.forEach(({ name, input: wanted, computes }, index) => {
    const place = `layer ${index} (${name})`;
    if (names.has(name)) refuse('model/layer-name', `${place} repeats the name of another layer`);
    names.add(name);
    if (wanted !== undefined && !sameShape(wanted, shape)) {
      refuse(
        'model/layer-input',
        `${place} wants the shape ${written(wanted)}, but is given ${written(shape)}`,
      );
    }
    if (computes === null) {
      if (index > 0) refuse('model/layer-input', `${place} is an input, which only layer 0 may be`);
      return;
    }
    if (computes.className === 'Embedding' && layers.length > 0) {
      refuse('model/layer-input', `${place} takes tokens: only the first layer may`);
    }
    const shaped = shapeAfter(shape, computes);
    if ('why' in shaped) return refuse('model/layer-input', `${place}: ${shaped.why}`);
    operations += operationsOf(shape, shaped.output, computes);
    if (sizeOf(shaped.output) > modelLimits.activations || operations > modelLimits.operations) {
      refuse('model/too-costly', `${place} asks more of one row than an owner's machine should give`);
    }
    layers.push({ name, input: shape, output: shaped.output, computes });
    shape = shaped.output;
  });
  return { input, layers };
}

function outputOf(layers: readonly Layer[]): Topology['output'] {
  const last = layers.at(-1);
  if (last?.output.length !== 1) return refuse('model/output', 'the model must end in a vector: Dense, say');
  return { units: last.output[0] ?? 0, activation: activationOf(last.computes) };
}

/**
 * Reads and checks a Keras topology.
 *
 * @param json what `model.toJSON()` of a tf.js or Keras 2 Sequential model gives, ≤ 256 KiB
 * @throws TributaryError `model/topology-size`, `-json`, `-shape`; `model/too-deep`, `-too-costly`;
 *   `model/layer-unknown`, `-config`, `-name`, `-input` (each names the layer); `model/parameters`; `model/output`
 */
export function parseTopology(json: string): Topology {
  const { input, layers } = chain(json);
  const features = sizeOf(input);
  if (features > modelLimits.features) {
    refuse('model/layer-input', `a row of ${features} numbers is too large: ${modelLimits.features} at most`);
  }
  const output = outputOf(layers);
  const tensors = placed(
    layers.flatMap(({ name, input: from, output: to, computes }) => tensorsOf(name, from, to, computes)),
  );
  const dimension = tensors.reduce((sum, { size }) => sum + size, 0);
  if (dimension < 1 || dimension > modelLimits.parameters) {
    refuse(
      'model/parameters',
      `the model has ${dimension} weights: 1 to ${modelLimits.parameters} are allowed`,
    );
  }
  return { input, features, layers, output, tensors, dimension };
}

/** Class names of its layers, each once: what an owner's policy is held against. */
export const classNamesOf = ({ layers }: Topology): LayerClass[] => [
  ...new Set(layers.map(({ computes }) => computes.className)),
];
