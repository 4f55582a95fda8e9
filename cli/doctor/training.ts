/** TensorFlow.js: which backends really compute here, and how fast a small network trains on each. */
import type { Backend, BackendName, Tensorflow } from '#model/tensorflow.ts';
import { activate, backendNames, loadBackend } from '#model/tensorflow.ts';
import { failure, ok, skipped, warning, type Finding } from './finding.ts';

type Scalar = ReturnType<Tensorflow['scalar']>;

/** A perceptron 784-128-10 on batches of 32: what a small image task is made of. */
const [INPUTS, HIDDEN, CLASSES, BATCH] = [784, 128, 10, 32];
const WARM_UP = 2;
const STEPS = 8;

/** One finding a backend, the fastest kind first. */
export async function checkBackends(
  load: (name: BackendName) => Promise<Backend> = (name) => loadBackend({ prefer: name }),
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const name of backendNames) findings.push(await checkBackend(name, load));
  if (findings.some(({ verdict }) => verdict === 'ok')) return findings;
  return [...findings, failure('TensorFlow', 'no backend computes', 'reinstall the packages: npm ci')];
}

async function checkBackend(
  name: BackendName,
  load: (name: BackendName) => Promise<Backend>,
): Promise<Finding> {
  const label = `TensorFlow ${name}`;
  const backend = await load(name).catch(() => null);
  if (backend?.name === name) {
    await activate(backend);
    return ok(label, `${(await stepMillis(backend)).toFixed(1)} ms a step of a small perceptron`);
  }
  if (name === 'wasm' || name === 'cpu') {
    return warning(label, 'does not load', 'reinstall the packages: npm ci');
  }
  return skipped(label, 'not installed, or not usable here; it is optional');
}

async function stepMillis({ tf }: Backend): Promise<number> {
  const inputs = tf.randomUniform([BATCH, INPUTS], 0, 1, 'float32', 1);
  const classes = Array.from({ length: BATCH }, (_, row) => row % CLASSES);
  const labels = tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), CLASSES), 'float32');
  const first = tf.variable(tf.randomNormal([INPUTS, HIDDEN], 0, 0.05, 'float32', 2));
  const second = tf.variable(tf.randomNormal([HIDDEN, CLASSES], 0, 0.05, 'float32', 3));
  const optimizer = tf.train.sgd(0.1);
  const step = async () => {
    const loss = optimizer.minimize(
      () => {
        const scores = tf.matMul(tf.relu(tf.matMul(inputs, first)), second);
        return tf.mean<Scalar>(tf.losses.softmaxCrossEntropy(labels, scores));
      },
      true,
      [first, second],
    );
    await loss?.data();
    loss?.dispose();
  };
  for (let done = 0; done < WARM_UP; done += 1) await step();
  const began = performance.now();
  for (let done = 0; done < STEPS; done += 1) await step();
  const millis = (performance.now() - began) / STEPS;
  for (const tensor of [inputs, labels, first, second]) tensor.dispose();
  return millis;
}
