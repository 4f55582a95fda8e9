/** Local training: one step by hand, loss, determinism, memory. */
import { expect } from 'chai';
import { initialWeights } from '#model/initial.ts';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { train } from '#model/train.ts';
import { toDecimal } from '#protocol/units.ts';
import {
  codeOfTraining,
  diverging,
  layer,
  logistic,
  metricOf,
  model,
  rowsOf,
  seed,
  sgd,
  task,
} from './training.ts';

/** SGD with momentum on a logistic model, all rows in one batch, in plain float64. */
function byHand(
  start: number[],
  x: number[][],
  y: number[],
  rate: number,
  momentum: number,
  steps: number,
): number[] {
  const weights = [...start];
  const velocity = weights.map(() => 0);
  for (let step = 0; step < steps; step += 1) {
    const gradient = weights.map(() => 0);
    x.forEach((row, r) => {
      const z = row[0]! * weights[0]! + row[1]! * weights[1]! + weights[2]!;
      const error = (1 / (1 + Math.exp(-z)) - y[r]!) / x.length;
      [row[0]!, row[1]!, 1].forEach((input, i) => (gradient[i]! += error * input));
    });
    gradient.forEach((g, i) => {
      const v = momentum * velocity[i]! + g;
      velocity[i] = v;
      weights[i]! -= rate * v;
    });
  }
  return weights;
}

for (const name of ['wasm', 'cpu'] as const) {
  describe(`training on ${name}`, () => {
    let backend: Backend;
    before(async () => {
      backend = await loadBackend({ prefer: name });
      expect(backend.name).to.equal(name);
    });

    it('takes the steps of SGD with momentum, as computed by hand', async () => {
      const x = [
        [0.5, -1],
        [2, 0.25],
        [-0.75, 1.5],
      ];
      const y = [1, 0, 1];
      const start = [0.3, -0.2, 0.1];
      for (const [steps, momentum] of [
        [1, 0],
        [1, 0.9],
        [3, 0.9],
        [3, 0],
      ] as const) {
        const trained = await train(backend, {
          topology: logistic,
          weights: Float32Array.from(start),
          recipe: sgd(0.7, momentum, steps, 3),
          round: 1,
          seed: seed(0),
          rows: rowsOf(2, x.flat(), y),
        });
        const expected = byHand(start, x, y, 0.7, momentum, steps);
        trained.weights.forEach((weight, i) => expect(weight).to.be.closeTo(expected[i]!, 2e-6));
        expect(trained.steps).to.equal(steps);
        const before = byHand(start, x, y, 0.7, momentum, steps - 1);
        const losses = x.map((row, r) => {
          const p = 1 / (1 + Math.exp(-(row[0]! * before[0]! + row[1]! * before[1]! + before[2]!)));
          return -Math.log(y[r] === 1 ? p : 1 - p);
        });
        expect(trained.loss).to.be.closeTo(losses.reduce((sum, loss) => sum + loss, 0) / 3, 2e-6);
      }
    });

    it('trains every activation that topologies may name', async () => {
      for (const activation of ['linear', 'relu', 'sigmoid', 'tanh']) {
        const topology = model(
          layer('a', { units: 4, activation, batch_input_shape: [null, 3] }),
          layer('b', { units: 3, use_bias: false }),
          { class_name: 'Activation', config: { name: 'c', activation } },
          layer('d', { units: 1, activation: 'linear' }),
          { class_name: 'Activation', config: { name: 'e', activation: 'sigmoid' } },
        );
        const weights = initialWeights(topology, seed(4));
        const before = await metricOf(backend, { ...task, topology, weights });
        const trained = await train(backend, { ...task, topology, weights, recipe: sgd(0.2, 0.5, 6, 16) });
        const after = await metricOf(backend, { ...task, topology, weights: trained.weights });
        expect(after, activation).to.be.below(before - 0.01);
        topology.tensors.forEach(({ offset, size }) =>
          expect(trained.weights.subarray(offset, offset + size), activation).to.not.deep.equal(
            weights.subarray(offset, offset + size),
          ),
        );
      }
    });
  });
}

describe('training', () => {
  let backend: Backend;
  before(async () => {
    backend = await loadBackend({ prefer: 'wasm' });
  });

  it('lowers the loss', async () => {
    const before = await metricOf(backend, task);
    const trained = await train(backend, task);
    const after = { ...task, weights: trained.weights };
    expect(trained.steps).to.equal(8 * 5);
    expect(before).to.be.above(0.5);
    expect(trained.loss).to.be.below(0.3);
    expect(await metricOf(backend, after)).to.be.below(0.3);
    expect(await metricOf(backend, after, 'accuracy')).to.be.above(0.9);
  });

  it('gives the same bits for the same seed, others for another, and leaves its input alone', async () => {
    const given = task.weights.slice();
    const first = await train(backend, task);
    expect((await train(backend, task)).weights).to.deep.equal(first.weights);
    expect((await train(backend, { ...task, seed: seed(3) })).weights).to.not.deep.equal(first.weights);
    expect(task.weights).to.deep.equal(given);
  });

  it('agrees with the plain CPU backend', async () => {
    const onWasm = await train(backend, task);
    const plain = await loadBackend({ prefer: 'cpu' });
    const onCpu = await train(plain, task);
    onWasm.weights.forEach((weight, i) => expect(weight).to.be.closeTo(onCpu.weights[i]!, 1e-4));
    // Another backend was active: training makes its own the active one.
    expect((await train(backend, task)).weights).to.deep.equal(onWasm.weights);
    expect(backend.tf.getBackend()).to.equal('wasm');
  });

  it('stops after the steps it is told, in the middle of an epoch or after more', async () => {
    const whole = await train(backend, task);
    const steps = (count: number) =>
      train(backend, { ...task, recipe: { ...task.recipe, local: { unit: 'steps', count } } });
    expect((await steps(40)).weights).to.deep.equal(whole.weights);
    expect((await steps(7)).steps).to.equal(7);
    expect((await steps(43)).steps).to.equal(43);
  });

  it('uses every row of an epoch once', async () => {
    // One epoch of single rows, at so small a rate that each row's gradient is taken at the start.
    const rate = 1e-4;
    const rows = 5;
    const x = [1, 0, 0, 1, 2, 0, 0, 2, 3, 1];
    const y = [1, 0, 1, 0, 1];
    const weights = Float32Array.of(0, 0, 0);
    const data = { topology: logistic, weights, round: 1, seed: seed(9), rows: rowsOf(2, x, y) };
    const single = await train(backend, { ...data, recipe: sgd(rate * rows, 0, 1, 1) });
    const expected = byHand(
      [0, 0, 0],
      [
        [1, 0],
        [0, 1],
        [2, 0],
        [0, 2],
        [3, 1],
      ],
      [...y],
      rate * rows * rows,
      0,
      1,
    );
    expect(single.steps).to.equal(5);
    single.weights.forEach((weight, i) => expect(weight).to.be.closeTo(expected[i]!, 3e-6));
  });

  it('disposes every tensor, also when it refuses or diverges', async () => {
    const { tf } = backend;
    const count = tf.memory().numTensors;
    await train(backend, task);
    await train(backend, { ...task, recipe: { ...task.recipe, proximal: toDecimal(0.5) } });
    await metricOf(backend, task);
    await codeOfTraining(backend, { weights: new Float32Array(1) });
    expect(await codeOfTraining(backend, diverging)).to.equal('model/not-finite');
    expect(await codeOfTraining(backend, { rows: rowsOf(3, [1, 2, 3], [2]) })).to.equal('model/rows');
    expect(tf.memory().numTensors).to.equal(count);
  });
});
