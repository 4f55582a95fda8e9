/** The models that `npm run bench -- train` steps, with a batch of made-up rows each. */
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Sequential } from '@tensorflow/tfjs-layers';
import type { Backend } from '#model/tensorflow.ts';

const batch = 32;

/** One task; `classes` 1 means a sigmoid for a yes or no. */
type Task = Readonly<{
  name: 'logistic' | 'mlp' | 'cnn';
  rowShape: readonly number[];
  classes: number;
  network: (backend: Backend) => Sequential;
}>;

export const tasks: readonly Task[] = [
  {
    name: 'logistic',
    rowShape: [30],
    classes: 1,
    network: ({ layers: { layers, sequential } }) =>
      sequential({ layers: [layers.dense({ units: 1, activation: 'sigmoid', inputShape: [30] })] }),
  },
  {
    name: 'mlp',
    rowShape: [784],
    classes: 10,
    network: ({ layers: { layers, sequential } }) =>
      sequential({
        layers: [
          layers.dense({ units: 128, activation: 'relu', inputShape: [784] }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
  },
  {
    name: 'cnn',
    rowShape: [28, 28, 1],
    classes: 10,
    network: ({ layers: { layers, sequential } }) =>
      sequential({
        layers: [
          layers.conv2d({ filters: 8, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.conv2d({ filters: 16, kernelSize: 3, activation: 'relu' }),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          layers.dense({ units: 10, activation: 'softmax' }),
        ],
      }),
  },
];

/** Numbers that look like none: the time of a step does not depend on them. */
const madeUp = (size: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898));

function batchOf({ tf }: Backend, { rowShape, classes }: Task): { rows: Tensor; labels: Tensor } {
  const shape = [batch, ...rowShape];
  const answers = Int32Array.from({ length: batch }, (_, row) => row % Math.max(classes, 2));
  return {
    rows: tf.tensor(madeUp(tf.util.sizeFromShape(shape)), shape),
    labels:
      classes === 1
        ? tf.tensor2d(Float32Array.from(answers), [batch, 1])
        : tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(answers, 'int32'), classes), 'float32')),
  };
}

/** A network on the active backend that can be stepped: each step gives the loss before it. */
export type Stepper = Readonly<{ step: () => number; dispose: () => void }>;

export function stepperOf(backend: Backend, task: Task): Stepper {
  const { tf, layers } = backend;
  const network = task.network(backend);
  const { rows, labels } = batchOf(backend, task);
  const optimizer = tf.train.sgd(0.01);
  const variables = network.trainableWeights
    .map((weight) => weight.read())
    .filter((tensor): tensor is Variable => tensor instanceof tf.Variable);
  const crossEntropy =
    task.classes === 1 ? layers.metrics.binaryCrossentropy : layers.metrics.categoricalCrossentropy;
  const loss = (): Scalar => {
    const predicted = network.apply(rows, { training: true });
    if (!(predicted instanceof tf.Tensor)) throw new TypeError('a network of tensors gives a tensor');
    return tf.mean(crossEntropy(labels, predicted));
  };
  return {
    step: () => tf.tidy(() => optimizer.minimize(loss, true, variables)?.dataSync()[0] ?? Number.NaN),
    dispose: () => {
      network.dispose();
      optimizer.dispose();
      tf.dispose([rows, labels]);
    },
  };
}
