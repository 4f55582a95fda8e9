/** The demo's federation in one process: training, clipping, quantisation, integer sum, average. protocol.md §2 */
import type { AggregationParameters } from '#crypto/parameters.ts';
import { average, dequantiseSum, quantise } from '#crypto/quantise.ts';
import { seededRng } from '#crypto/random.ts';
import { rowsInMemory, type Batch } from '#datasets/row-source.ts';
import type { Backend } from '#model/tensorflow.ts';
import type { Topology } from '#model/topology.ts';
import { train } from '#model/train.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { serverStep, type ServerState } from '#protocol/rules/server-step.ts';
import { weightBucket } from '#protocol/rules/weight.ts';

export type Federation = Readonly<{
  topology: Topology;
  initial: Float32Array;
  recipe: Recipe;
  aggregation: Pick<AggregationParameters, 'bits' | 'clip' | 'range' | 'chunkWords'>;
  shards: readonly Batch[];
  rounds: number;
  /** The owner whose input is lost in a round (from 1), as the demo kills one, or undefined. */
  lost: (round: number) => number | undefined;
  /** 32 bytes that decide the order of rows. */
  seed: Uint8Array;
}>;

export type Federated = Readonly<{
  weights: Float32Array;
  /** Local steps of all owners in all rounds, those of lost inputs too. */
  steps: number;
}>;

/**
 * Plays all rounds. Masks are left out: they cancel in the sum, which is what crypto/'s own tests show.
 *
 * @throws TributaryError as `train`, `quantise` and `serverStep`
 */
export async function federate(backend: Backend, job: Federation): Promise<Federated> {
  const { topology, recipe, shards } = job;
  const bucket = shards.map(({ labels }) => weightBucket(labels.length));
  const parameters = { ...job.aggregation, dimension: topology.dimension, maxWeight: Math.max(...bucket) };
  const rng = seededRng(job.seed);
  let weights = job.initial;
  let state: ServerState | null = null;
  let steps = 0;
  for (let round = 1; round <= job.rounds; round += 1) {
    const sum = new Uint32Array(topology.dimension);
    let survivors = 0;
    let weightSum = 0;
    for (const [owner, shard] of shards.entries()) {
      const before = weights;
      const rows = rowsInMemory(topology.features, shard);
      const trained = await train(backend, { topology, weights, recipe, round, seed: rng.bytes(32), rows });
      steps += trained.steps;
      if (owner === job.lost(round)) continue;
      const weight = bucket[owner] ?? 0;
      const update = Float64Array.from(trained.weights, (after, i) => after - (before[i] ?? 0));
      quantise(update, weight, parameters).forEach((word, i) => {
        sum[i] = (sum[i] ?? 0) + word;
      });
      survivors += 1;
      weightSum += weight;
    }
    const mean = average(dequantiseSum(sum, survivors, parameters), weightSum, parameters);
    ({ weights, state } = serverStep(recipe.server, weights, mean, state));
  }
  return { weights, steps };
}
