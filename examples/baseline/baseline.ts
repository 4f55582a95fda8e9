/**
 * What the federation is measured against, outside the system: all rows in one place, and each owner alone.
 * Both get the federation's recipe, its initial weights and all its local steps together, and the best of three
 * learning rates around the recipe's first. "Best" is judged on the held-out rows, measure by measure: kinder than any real choice.
 */
import { seededRng } from '#crypto/random.ts';
import { type Evaluation, evaluate } from '#model/evaluate.ts';
import { rowsInMemory, type Batch } from '#datasets/row-source.ts';
import type { Backend } from '#model/tensorflow.ts';
import type { Topology } from '#model/topology.ts';
import { train } from '#model/train.ts';
import { learningRateOf } from '#protocol/recipe/optimisers.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { toDecimal } from '#protocol/units.ts';

/** Longer sequences of steps want smaller ones: above the federation's rate both baselines only get worse. */
export const rateFactors = [0.25, 0.5, 1] as const;

export type BaselineTask = Readonly<{
  topology: Topology;
  initial: Float32Array;
  recipe: Recipe;
  /** One entry an owner. */
  shards: readonly Batch[];
  heldOut: Batch;
  /** Local steps of the whole federation, over all owners and rounds. */
  steps: number;
  /** 32 bytes that decide the order of rows. */
  seed: Uint8Array;
}>;

export type Baseline = Readonly<{ accuracy: number; logLoss: number }>;

/** The rows of all owners in one place, as no one in the system ever has them. */
export function pooled(shards: readonly Batch[]): Batch {
  const join = (parts: readonly Float32Array[]): Float32Array => {
    const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    features: join(shards.map((rows) => rows.features)),
    labels: join(shards.map((rows) => rows.labels)),
  };
}

const best = (evaluations: readonly Evaluation[]): Baseline => ({
  accuracy: Math.max(...evaluations.map(({ metrics }) => metrics.accuracy ?? Number.NaN)),
  logLoss: Math.min(...evaluations.map(({ metrics }) => metrics.logLoss ?? Number.NaN)),
});

/** Trains on one set of rows at each rate, and evaluates on the held-out rows. */
async function atEachRate(
  backend: Backend,
  task: BaselineTask,
  rows: Batch,
  seed: Uint8Array,
): Promise<Evaluation[]> {
  const { topology, initial, recipe, heldOut, steps } = task;
  const evaluations: Evaluation[] = [];
  for (const factor of rateFactors) {
    const rate = toDecimal(learningRateOf(recipe.learningRate, 1) * factor);
    const { weights } = await train(backend, {
      topology,
      weights: initial,
      recipe: {
        ...recipe,
        learningRate: { schedule: 'constant', rate },
        local: { unit: 'steps', count: steps },
      },
      round: 1,
      seed,
      rows: rowsInMemory(topology.features, rows),
    });
    const held = rowsInMemory(topology.features, heldOut);
    evaluations.push(await evaluate(backend, { topology, weights, rows: held }, recipe));
  }
  return evaluations;
}

/** Everything in one place. */
export async function centralised(backend: Backend, task: BaselineTask): Promise<Baseline> {
  return best(await atEachRate(backend, task, pooled(task.shards), task.seed));
}

/** The best that any one owner gets alone. */
export async function bestSingleOwner(backend: Backend, task: BaselineTask): Promise<Baseline> {
  const rng = seededRng(task.seed);
  const evaluations: Evaluation[] = [];
  for (const rows of task.shards) {
    evaluations.push(...(await atEachRate(backend, task, rows, rng.bytes(32))));
  }
  return best(evaluations);
}
