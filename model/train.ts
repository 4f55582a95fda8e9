/**
 * Local training of one owner: mini-batches of its own rows. protocol.md §2.1, §6.5
 * Deterministic on one backend for one seed: the order of rows comes from the seed, the optimiser starts at zero.
 */
import { setImmediate } from 'node:timers/promises';
import { seededRng } from '#crypto/random.ts';
import type { RowSource } from '#datasets/row-source.ts';
import { shuffled } from '#datasets/shuffle.ts';
import { learningRateOf } from '#protocol/recipe/optimisers.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { fromDecimal } from '#protocol/units.ts';
import { assertFinite } from './finite.ts';
import { buildNetwork, readWeights } from './network.ts';
import { createOptimiser, disposeOptimiser } from './optimiser.ts';
import { assertRows } from './rows.ts';
import { stepper } from './step.ts';
import { type Backend, activate } from './tensorflow.ts';
import type { Topology } from './topology.ts';

export type TrainingRecipe = Pick<
  Recipe,
  'loss' | 'optimiser' | 'learningRate' | 'local' | 'batchSize' | 'proximal'
>;

export type Training = Readonly<{
  topology: Topology;
  /** The round's model, `topology.dimension` numbers; not changed. */
  weights: Float32Array;
  recipe: TrainingRecipe;
  /** From 1: decides the learning rate. */
  round: number;
  /** 32 bytes that decide the order of rows. */
  seed: Uint8Array;
  rows: RowSource;
}>;

export type Trained = Readonly<{
  weights: Float32Array;
  /** Mean loss over the last epoch's batches, each before its step. */
  loss: number;
  /** Batches, each one step of the optimiser. */
  steps: number;
}>;

/** A training that takes longer than this between looks must let the client answer its coordinator. */
const breathMillis = 50;

/**
 * Trains from the round's weights.
 *
 * @returns new weights, which the caller subtracts the old ones from
 * @throws TributaryError `model/rows`, `model/weights-length`; `model/not-finite` when the model is, or when training
 *   diverged
 */
export async function train(backend: Backend, training: Training): Promise<Trained> {
  const { topology, recipe, rows } = training;
  assertRows(rows, topology);
  assertFinite(training.weights, "the round's model");
  await activate(backend);
  const { tf } = backend;
  const network = buildNetwork(backend, topology, training.weights);
  const optimizer = createOptimiser(
    tf,
    recipe.optimiser,
    learningRateOf(recipe.learningRate, training.round),
  );
  const proximal = fromDecimal(recipe.proximal);
  const stepping = stepper({ tf, topology, network, optimizer, loss: recipe.loss, proximal });
  try {
    const { loss, steps } = await runEpochs(training, (chosen) => stepping.step(rows.read(chosen)));
    const weights = readWeights(topology, network);
    assertFinite(weights, 'the trained model (a smaller learning rate may help)');
    return { weights, loss, steps };
  } finally {
    stepping.dispose();
    network.dispose();
    disposeOptimiser(tf, optimizer);
  }
}

/** Epochs over shuffled rows until the recipe's epochs or steps are done. */
async function runEpochs(
  { recipe: { local, batchSize }, seed, rows: { rows } }: Training,
  step: (chosen: Uint32Array) => number,
): Promise<Readonly<{ loss: number; steps: number }>> {
  const total = local.unit === 'steps' ? local.count : local.count * Math.ceil(rows / batchSize);
  const rng = seededRng(seed);
  let steps = 0;
  let loss = 0;
  let breath = performance.now();
  while (steps < total) {
    const order = shuffled(rows, rng);
    let sum = 0;
    let seen = 0;
    for (let start = 0; start < rows && steps < total; start += batchSize) {
      const chosen = order.subarray(start, start + batchSize);
      sum += step(chosen) * chosen.length;
      seen += chosen.length;
      steps += 1;
      if (performance.now() - breath < breathMillis) continue;
      await setImmediate();
      breath = performance.now();
    }
    loss = sum / seen;
  }
  return { loss, steps };
}
