/** A small training task, and models to vary it with. */
import { TributaryError } from '#crypto/error.ts';
import { initialWeights } from '#model/initial.ts';
import type { Backend } from '#model/tensorflow.ts';
import { tabularClassifier } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { type Training, train } from '#model/train.ts';
import { toDecimal } from '#protocol/units.ts';

export const sgd = (
  learningRate: number,
  momentum: number,
  localEpochs: number,
  batchSize: number,
): Training['recipe'] => ({
  optimiser: { name: 'sgd', learningRate: toDecimal(learningRate), momentum: toDecimal(momentum) },
  localEpochs,
  batchSize,
});
export const layer = (name: string, config: Record<string, unknown>) => ({
  class_name: 'Dense',
  config: { name, ...config },
});
export const model = (...layers: unknown[]) =>
  parseTopology(JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers } }));

export const logistic = model(layer('w', { units: 1, activation: 'sigmoid', batch_input_shape: [null, 2] }));
const classifier = parseTopology(tabularClassifier(3, 5));
export const seed = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

/** 70 rows whose label depends on the first two columns. */
export const features = Float32Array.from({ length: 70 * 3 }, (_, i) => Math.sin(i * 12.9898) * 1.7);
export const labels = Float32Array.from({ length: 70 }, (_, row) =>
  (features[row * 3] ?? 0) - 2 * (features[row * 3 + 1] ?? 0) > 0.1 ? 1 : 0,
);
export const task: Training = {
  topology: classifier,
  weights: initialWeights(classifier, seed(1)),
  recipe: sgd(0.2, 0.5, 8, 16),
  seed: seed(2),
  features,
  labels,
};

/** The first gradient, times the rate, is past the range of float32. */
export const diverging: Partial<Training> = {
  topology: logistic,
  weights: new Float32Array(3),
  features: new Float32Array(4).fill(3e38),
  labels: Float32Array.of(1, 1),
  recipe: sgd(100, 0, 1, 2),
};

export const codeOfTraining = async (
  backend: Backend,
  change: Partial<Training>,
): Promise<string | undefined> =>
  train(backend, { ...task, ...change }).then(
    () => undefined,
    (error: unknown) => (error instanceof TributaryError ? error.code : String(error)),
  );
