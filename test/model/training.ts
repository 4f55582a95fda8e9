/** A small training task, and models to vary it with. */
import { TributaryError } from '#crypto/error.ts';
import { rowsInMemory, type RowSource } from '#datasets/row-source.ts';
import { evaluate, type Evaluation } from '#model/evaluate.ts';
import { initialWeights } from '#model/initial.ts';
import type { Backend } from '#model/tensorflow.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology, type Topology } from '#model/topology.ts';
import { type Training, train } from '#model/train.ts';
import type { Label } from '#protocol/recipe/features.ts';
import type { Metric } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';

export const sgd = (
  learningRate: number,
  momentum: number,
  epochs: number,
  batchSize: number,
): Training['recipe'] => ({
  loss: 'binaryCrossentropy',
  optimiser: { name: 'sgd', momentum: toDecimal(momentum) },
  learningRate: { schedule: 'constant', rate: toDecimal(learningRate) },
  local: { unit: 'epochs', count: epochs },
  batchSize,
  proximal: toDecimal(0),
});
export const layer = (name: string, config: Record<string, unknown>) => ({
  class_name: 'Dense',
  config: { name, ...config },
});
export const model = (...layers: unknown[]): Topology =>
  parseTopology(JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers } }));

export const logistic = model(layer('w', { units: 1, activation: 'sigmoid', batch_input_shape: [null, 2] }));
const classifier = parseTopology(tabularClassifier(3, 5));
export const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

export const rowsOf = (width: number, features: Iterable<number>, labels: Iterable<number>): RowSource =>
  rowsInMemory(width, { features: Float32Array.from(features), labels: Float32Array.from(labels) });

/** 70 rows whose label depends on the first two columns. */
const features = Float32Array.from({ length: 70 * 3 }, (_, i) => Math.sin(i * 12.9898) * 1.7);
const labels = Float32Array.from({ length: 70 }, (_, row) =>
  (features[row * 3] ?? 0) - 2 * (features[row * 3 + 1] ?? 0) > 0.1 ? 1 : 0,
);
export const rows = rowsOf(3, features, labels);
export const task: Training = {
  topology: classifier,
  weights: initialWeights(classifier, seed(1)),
  recipe: sgd(0.2, 0.5, 8, 16),
  round: 1,
  seed: seed(2),
  rows,
};

/** The first gradient, times the rate, is past the range of float32. */
export const diverging: Partial<Training> = {
  topology: logistic,
  weights: new Float32Array(3),
  rows: rowsOf(2, new Float32Array(4).fill(3e38), [1, 1]),
  recipe: sgd(100, 0, 1, 2),
};

export const classes = (count: number): Label => ({
  type: 'class',
  name: 'y',
  classes: Array.from({ length: count }, (_, at) => `class ${at}`),
});

/** One metric of a model on rows. */
export async function metricOf(
  backend: Backend,
  { topology, weights, rows: held }: Pick<Training, 'topology' | 'weights' | 'rows'>,
  metric: Metric = 'logLoss',
  label: Label = classes(2),
): Promise<number> {
  const { metrics }: Evaluation = await evaluate(
    backend,
    { topology, weights, rows: held },
    { metrics: [metric], label },
  );
  return metrics[metric] ?? Number.NaN;
}

export const codeOfTraining = async (
  backend: Backend,
  change: Partial<Training>,
): Promise<string | undefined> =>
  train(backend, { ...task, ...change }).then(
    () => undefined,
    (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
  );
