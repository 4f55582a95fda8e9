/**
 * Local training of one owner: mini-batch SGD with momentum on its own rows. protocol.md §2.1
 * Deterministic on one backend for one seed: the order of rows comes from the seed, momentum starts at zero.
 */
import { setImmediate } from 'node:timers/promises';
import { seededRng } from '#crypto/random.ts';
import { shuffled } from '#datasets/shuffle.ts';
import type { Recipe } from '#protocol/recipe.ts';
import { assertFinite } from './finite.ts';
import { buildNetwork, readWeights } from './network.ts';
import { type Rows, assertRows, rowCount } from './rows.ts';
import { disposeOptimiser, sgd, sgdSettings, stepper } from './step.ts';
import { type Backend, activate } from './tensorflow.ts';
import type { Topology } from './topology.ts';

export type Training = Readonly<{
  topology: Topology;
  /** The round's model, `topology.dimension` numbers; not changed. */
  weights: Float32Array;
  recipe: Pick<Recipe, 'optimiser' | 'localEpochs' | 'batchSize'>;
  /** 32 bytes that decide the order of rows. */
  seed: Uint8Array;
  /** Stops after so many steps, in as many epochs as they take; else `recipe.localEpochs` decide. */
  steps?: number;
}> &
  Rows;

export type Trained = Readonly<{
  weights: Float32Array;
  /** Mean binary cross-entropy over the last epoch's batches, each before its step. */
  loss: number;
  /** Batches, each one step of the optimiser. */
  steps: number;
}>;

/**
 * Trains from the round's weights.
 *
 * @returns new weights, which the caller subtracts the old ones from
 * @throws TributaryError `model/rows`, `model/recipe`, `model/weights-length`; `model/not-finite` when the
 *   input is, or when training diverged
 */
export async function train(backend: Backend, training: Training): Promise<Trained> {
  const { topology, recipe } = training;
  assertRows(training, topology);
  assertFinite(training.weights, "the round's model");
  await activate(backend);
  const { tf } = backend;
  const rows = rowCount(training);
  const perEpoch = Math.ceil(rows / recipe.batchSize);
  const total = training.steps ?? recipe.localEpochs * perEpoch;
  const rng = seededRng(training.seed);
  const settings = sgdSettings(recipe.optimiser);
  const network = buildNetwork(backend, topology, training.weights);
  const optimizer = sgd(tf, settings);
  try {
    const step = stepper(tf, network, optimizer, { features: topology.features, rows: training });
    let steps = 0;
    let loss = 0;
    while (steps < total) {
      const order = shuffled(rows, rng);
      let sum = 0;
      let seen = 0;
      for (let start = 0; start < rows && steps < total; start += recipe.batchSize) {
        const chosen = order.subarray(start, start + recipe.batchSize);
        sum += step(chosen) * chosen.length;
        seen += chosen.length;
        steps += 1;
      }
      loss = sum / seen;
      // A long training must let the client answer its coordinator.
      await setImmediate();
    }
    const weights = readWeights(topology, network);
    assertFinite(weights, 'the trained model (a smaller learning rate may help)');
    return { weights, loss, steps };
  } finally {
    network.dispose();
    disposeOptimiser(tf, optimizer);
  }
}
