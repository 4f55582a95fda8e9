/** How good a model is on held-out rows. protocol.md §6.5 */
import type { RowSource } from '#datasets/row-source.ts';
import type { Metric, Recipe } from '#protocol/recipe/recipe.ts';
import { measure } from './metrics.ts';
import { buildNetwork } from './network.ts';
import { assertRows } from './rows.ts';
import { type Backend, activate } from './tensorflow.ts';
import type { Topology } from './topology.ts';

export type Evaluation = Readonly<{
  /** The recipe's metrics, in its order. */
  metrics: Readonly<Partial<Record<Metric, number>>>;
  rows: number;
}>;

/** Numbers a pass, about: bounds memory, and changes no prediction. */
const numbersPerPass = 2 ** 20;

export type Evaluating = Readonly<{
  topology: Topology;
  weights: Float32Array;
  rows: RowSource;
}>;

/** The model's outputs, rows × units, and the labels beside them. @throws TributaryError `model/rows`, `model/weights-length` */
export async function predict(
  backend: Backend,
  { topology, weights, rows }: Evaluating,
): Promise<Readonly<{ outputs: Float32Array; labels: Float32Array }>> {
  assertRows(rows, topology);
  await activate(backend);
  const { tf } = backend;
  const { units } = topology.output;
  const network = buildNetwork(backend, topology, weights);
  const outputs = new Float32Array(rows.rows * units);
  const labels = new Float32Array(rows.rows);
  const perPass = Math.max(1, Math.floor(numbersPerPass / topology.features));
  try {
    for (let start = 0; start < rows.rows; start += perPass) {
      const count = Math.min(perPass, rows.rows - start);
      const batch = rows.read(Uint32Array.from({ length: count }, (_, at) => start + at));
      labels.set(batch.labels, start);
      tf.tidy(() => {
        const output = network.apply(tf.tensor(batch.features, [count, ...topology.input]));
        if (output instanceof tf.Tensor) outputs.set(output.dataSync(), start * units);
      });
    }
  } finally {
    network.dispose();
  }
  return { outputs, labels };
}

/**
 * The recipe's metrics of a model on rows.
 *
 * @throws TributaryError `model/rows`, `model/weights-length`
 */
export async function evaluate(
  backend: Backend,
  evaluating: Evaluating,
  { metrics, label }: Pick<Recipe, 'metrics' | 'label'>,
): Promise<Evaluation> {
  const { outputs, labels } = await predict(backend, evaluating);
  const scored = { outputs, labels, units: evaluating.topology.output.units, label };
  return {
    metrics: Object.fromEntries(metrics.map((metric) => [metric, measure(metric, scored)])),
    rows: labels.length,
  };
}
