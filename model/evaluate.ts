/** How good a model is on held-out rows; sums in float64, so that a report repeats digit for digit. */
import { TributaryError } from '#crypto/error.ts';
import { buildNetwork } from './network.ts';
import { type Rows, assertRows, rowCount } from './rows.ts';
import { type Backend, activate } from './tensorflow.ts';
import type { Topology } from './topology.ts';

export type Evaluation = Readonly<{
  /** Share of rows whose probability is on the label's side of 0.5, 0 to 1. */
  accuracy: number;
  /** Mean binary cross-entropy in nats. */
  logLoss: number;
  rows: number;
}>;

/** Keeps one sure but wrong prediction from making the mean infinite. */
const clip = 1e-7;
/** Rows a pass: bounds memory, and changes no prediction. */
const rowsPerPass = 4096;

/**
 * Scores probabilities against labels.
 *
 * @throws TributaryError `model/rows` when there are none, or not as many as labels
 */
export function score(probabilities: Float32Array, labels: Float32Array): Evaluation {
  const rows = labels.length;
  if (rows === 0 || probabilities.length !== rows) {
    throw new TributaryError('model/rows', `${probabilities.length} predictions for ${rows} labels`);
  }
  let right = 0;
  let loss = 0;
  probabilities.forEach((probability, row) => {
    const positive = labels[row] === 1;
    if (probability >= 0.5 === positive) right += 1;
    const ofLabel = positive ? probability : 1 - probability;
    loss -= Math.log(Math.min(Math.max(ofLabel, clip), 1 - clip));
  });
  return { accuracy: right / rows, logLoss: loss / rows, rows };
}

/** The probability of label 1 for each row. */
export async function predict(
  backend: Backend,
  topology: Topology,
  weights: Float32Array,
  features: Float32Array,
): Promise<Float32Array> {
  await activate(backend);
  const { tf } = backend;
  const rows = features.length / topology.features;
  const network = buildNetwork(backend, topology, weights);
  const probabilities = new Float32Array(rows);
  try {
    for (let start = 0; start < rows; start += rowsPerPass) {
      const count = Math.min(rowsPerPass, rows - start);
      const part = features.subarray(start * topology.features, (start + count) * topology.features);
      tf.tidy(() => {
        const output = network.apply(tf.tensor2d(part, [count, topology.features]));
        if (output instanceof tf.Tensor) probabilities.set(output.dataSync(), start);
      });
    }
  } finally {
    network.dispose();
  }
  return probabilities;
}

/**
 * Accuracy and log-loss of a model on rows.
 *
 * @throws TributaryError `model/rows`, `model/weights-length`; `model/not-finite` for rows that are
 */
export async function evaluate(
  backend: Backend,
  evaluation: Readonly<{ topology: Topology; weights: Float32Array }> & Rows,
): Promise<Evaluation> {
  const { topology, weights, features, labels } = evaluation;
  assertRows(evaluation, topology);
  return score(await predict(backend, topology, weights, features), labels.subarray(0, rowCount(evaluation)));
}
