/** One step of local training: a batch, its loss, and the optimiser's move. protocol.md §2.1, §6.5 */
import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import { TributaryError } from '#crypto/error.ts';
import type { Batch } from '#datasets/row-source.ts';
import { lossOf } from './loss.ts';
import type { Tensorflow } from './tensorflow.ts';
import type { Topology } from './topology.ts';
import type { Loss } from '#protocol/recipe/recipe.ts';

export type Stepping = Readonly<{
  tf: Tensorflow;
  topology: Topology;
  network: Sequential;
  optimizer: Optimizer;
  loss: Loss;
  /** µ of FedProx; 0 adds no term. */
  proximal: number;
}>;

export type Stepper = Readonly<{
  /** Steps on a batch. @returns its mean loss before the step, without the proximal term */
  step(batch: Batch): number;
  dispose(): void;
}>;

const variablesOf = (tf: Tensorflow, network: Sequential): Variable[] =>
  network.trainableWeights
    .map((weight) => weight.read())
    .filter((tensor): tensor is Variable => tensor instanceof tf.Variable);

/** µ/2 · ‖w − the round's model‖². Li et al. 2020, §3 */
function proximalTerm(tf: Tensorflow, mu: number, weights: Variable[], anchors: readonly Tensor[]): Scalar {
  const squares = weights.map((weight, at) => tf.sum(tf.square(tf.sub(weight, anchors[at] ?? weight))));
  return tf.mul(mu / 2, tf.addN(squares));
}

/** @throws TributaryError `model/rows` in step() where a label is none of the output's classes */
export function stepper({ tf, topology, network, optimizer, loss, proximal }: Stepping): Stepper {
  const variables = variablesOf(tf, network);
  const anchors = proximal === 0 ? [] : variables.map((weight) => tf.clone(weight));
  const meanLoss = lossOf(tf, loss);

  return {
    step(batch) {
      assertLabels(batch, loss, topology);
      return tf.tidy(() => {
        const x = tf.tensor(batch.features, [batch.labels.length, ...topology.input]);
        const labels = tf.tensor1d(batch.labels);
        const measured: { loss: Scalar | null } = { loss: null };
        const cost = optimizer.minimize(
          () => {
            const output = network.apply(x, { training: true });
            if (!(output instanceof tf.Tensor)) throw new TypeError('a network of tensors gives a tensor');
            const mean = meanLoss(tf.reshape(output, [batch.labels.length, topology.output.units]), labels);
            if (proximal === 0) return mean;
            measured.loss = tf.keep(mean.clone());
            return tf.add(mean, proximalTerm(tf, proximal, variables, anchors));
          },
          true,
          variables,
        );
        const value = (measured.loss ?? cost)?.dataSync()[0] ?? Number.NaN;
        measured.loss?.dispose();
        return value;
      });
    },
    dispose: () => {
      tf.dispose(anchors);
    },
  };
}

/** A label outside the classes would be a silent zero in one-hot form. */
function assertLabels({ labels }: Batch, loss: Loss, { output }: Topology): void {
  const classes =
    loss === 'binaryCrossentropy' ? 2 : loss === 'categoricalCrossentropy' ? output.units : null;
  const odd = labels.find((label) =>
    classes === null ? !Number.isFinite(label) : !(Number.isInteger(label) && label >= 0 && label < classes),
  );
  if (odd === undefined) return;
  const wanted = classes === null ? 'a finite number' : `0 to ${classes - 1}`;
  throw new TributaryError('model/rows', `a row has the label ${odd}: expected ${wanted}`);
}
