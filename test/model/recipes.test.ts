/** What a recipe says of local training is what happens: losses, optimisers, schedule, proximal term. protocol.md §6.5 */
import { expect } from 'chai';
import { type Backend, loadBackend } from '#model/tensorflow.ts';
import { tabularClassifier, tabularRegressor } from '#model/templates.ts';
import { parseTopology } from '#model/topology.ts';
import { type Training, train } from '#model/train.ts';
import type { Loss } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';
import { layer, logistic, model, rowsOf, seed, sgd, task } from './training.ts';

const d = toDecimal;

/** One step on one row of one input: w starts at `weight`, with a bias of zero that moves too. */
const single = model(layer('w', { units: 1, activation: 'linear', batch_input_shape: [null, 1] }));
const oneStep = (change: Partial<Training['recipe']>, round = 1, steps = 1): Training => ({
  topology: single,
  weights: Float32Array.of(2, 0),
  recipe: {
    ...sgd(0.25, 0, 1, 1),
    loss: 'meanSquaredError',
    local: { unit: 'steps', count: steps },
    ...change,
  },
  round,
  seed: seed(0),
  rows: rowsOf(1, [3], [5]),
});

for (const name of ['wasm', 'cpu'] as const) {
  describe(`a recipe on ${name}`, () => {
    let backend: Backend;
    before(async () => {
      backend = await loadBackend({ prefer: name });
    });
    const weightsOf = async (training: Training) => [...(await train(backend, training)).weights];
    const close = (found: number[], expected: number[]) =>
      found.forEach((weight, at) => expect(weight).to.be.closeTo(expected[at]!, 2e-5));

    it('minimises squares, sizes, or huber of the error', async () => {
      // The output is 6, the target 5: the error is 1, and ∂/∂w is 3 times ∂/∂output.
      close(await weightsOf(oneStep({})), [2 - 0.25 * 2 * 3, -0.25 * 2]);
      close(await weightsOf(oneStep({ loss: 'meanAbsoluteError' })), [2 - 0.25 * 3, -0.25]);
      const near = { ...oneStep({ loss: 'huber' }), rows: rowsOf(1, [3], [5.5]) };
      close(await weightsOf(near), [2 - 0.25 * 0.5 * 3, -0.25 * 0.5]);
      const far = { ...oneStep({ loss: 'huber' }), rows: rowsOf(1, [3], [-4]) };
      close(await weightsOf(far), [2 - 0.25 * 3, -0.25]);
    });

    it('says the loss before the step, without the proximal term', async () => {
      expect((await train(backend, oneStep({}))).loss).to.be.closeTo(1, 1e-5);
      const far = { ...oneStep({ loss: 'huber' }), rows: rowsOf(1, [3], [-4]) };
      expect((await train(backend, far)).loss).to.be.closeTo(9.5, 1e-5);
      // At the second step the weights are away from the anchor: the term is not nothing there.
      const pulled = await train(backend, oneStep({ proximal: d(10) }, 1, 2));
      const afterOne = [2 - 1.5, -0.5];
      expect(pulled.loss).to.be.closeTo((afterOne[0]! * 3 + afterOne[1]! - 5) ** 2, 1e-3);
    });

    it('pulls towards the round’s model by µ (FedProx)', async () => {
      const [mu, rate] = [0.5, 0.25];
      let [w, b] = [2, 0];
      for (let step = 0; step < 3; step += 1) {
        const error = w * 3 + b - 5;
        [w, b] = [w - rate * (2 * error * 3 + mu * (w - 2)), b - rate * (2 * error + mu * b)];
      }
      close(await weightsOf(oneStep({ proximal: d(mu) }, 1, 3)), [w, b]);
    });

    it('takes the learning rate of the round', async () => {
      const stepped = { schedule: 'step', rate: d(0.25), factor: d(0.5), every: 2 } as const;
      const firsts = [];
      for (const round of [1, 2, 3, 5]) {
        firsts.push((await weightsOf(oneStep({ learningRate: stepped }, round)))[1]!);
      }
      close(firsts, [-0.5, -0.5, -0.25, -0.125]);
    });

    it('moves by Adam and RMSProp as their papers say', async () => {
      // Bias correction makes Adam's first step the rate itself.
      const adam = { name: 'adam', beta1: d(0.9), beta2: d(0.999), epsilon: d(1e-7) } as const;
      const first = await weightsOf(oneStep({ optimiser: adam }));
      expect(first[0]).to.be.closeTo(2 - 0.25, 1e-4);
      expect(first[1]).to.be.closeTo(-0.25, 1e-4);
      const rmsprop = { name: 'rmsprop', decay: d(0.75), momentum: d(0), epsilon: d(1e-7) } as const;
      // The mean square after one step is (1 − 0.75) g²: the step is rate / √0.25.
      const second = await weightsOf(oneStep({ optimiser: rmsprop }));
      expect(second[0]).to.be.closeTo(2 - 0.5, 1e-4);
    });

    it('minimises the cross-entropy of many classes', async () => {
      const topology = model(
        layer('w', { units: 3, activation: 'softmax', use_bias: false, batch_input_shape: [null, 2] }),
      );
      const trained = await train(backend, {
        ...task,
        topology,
        weights: new Float32Array(6),
        recipe: { ...sgd(0.3, 0, 1, 1), loss: 'categoricalCrossentropy' },
        rows: rowsOf(2, [1, -2], [2]),
      });
      expect(trained.loss).to.be.closeTo(Math.log(3), 1e-5);
      const expected = [1, -2].flatMap((x) =>
        [0, 1, 2].map((unit) => -0.3 * x * (1 / 3 - (unit === 2 ? 1 : 0))),
      );
      trained.weights.forEach((weight, at) => expect(weight).to.be.closeTo(expected[at]!, 1e-5));
    });
  });
}

describe('a recipe', () => {
  it('learns with every loss and optimiser', async () => {
    const backend = await loadBackend({ prefer: 'wasm' });
    const optimisers: Training['recipe']['optimiser'][] = [
      { name: 'sgd', momentum: d(0.5) },
      { name: 'adam', beta1: d(0.9), beta2: d(0.999), epsilon: d(1e-7) },
      { name: 'rmsprop', decay: d(0.9), momentum: d(0.1), epsilon: d(1e-7) },
    ];
    const topologies: Record<Loss, ReturnType<typeof parseTopology>> = {
      binaryCrossentropy: parseTopology(tabularClassifier(3, 5)),
      categoricalCrossentropy: parseTopology(tabularClassifier(3, 5, 3)),
      meanSquaredError: parseTopology(tabularRegressor(3, 5)),
      meanAbsoluteError: parseTopology(tabularRegressor(3, 5)),
      huber: parseTopology(tabularRegressor(3, 5)),
    };
    const weightsFor = (dimension: number) =>
      Float32Array.from({ length: dimension }, (_, at) => Math.sin(at * 2.3) * 0.4);
    for (const [loss, topology] of Object.entries(topologies) as [Loss, typeof logistic][]) {
      for (const optimiser of optimisers) {
        const recipe = { ...sgd(0.02, 0, 1, 16), loss, optimiser };
        const start = { ...task, topology, weights: weightsFor(topology.dimension), recipe };
        const first = await train(backend, start);
        const long = { ...recipe, local: { unit: 'epochs', count: 12 } } as const;
        const last = await train(backend, { ...start, recipe: long });
        expect(last.loss, `${loss} ${optimiser.name}`).to.be.below(first.loss * 0.95);
      }
    }
  });
});
