/** What the federated model is measured against: everything in one place, and the best owner alone. */
import { utf8 } from '#crypto/bytes.ts';
import { seededRng } from '#crypto/random.ts';
import { bestSingleOwner, centralised, type Baseline } from '#examples/baseline/baseline.ts';
import { initialWeights } from '#model/initial.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { parseTopology } from '#model/topology.ts';
import type { StoryData } from './data.ts';

/** @param seed 32 bytes, as the job's: all three start from the same weights */
export async function baselines(
  { topology: json, recipe, baseline }: StoryData,
  seed: Uint8Array,
  rounds: number,
): Promise<Readonly<{ centralised: Baseline; single: Baseline }>> {
  const backend = await loadBackend();
  const topology = parseTopology(json);
  const { local, batchSize } = recipe;
  const stepsOf = (rows: number): number =>
    local.unit === 'steps' ? local.count : local.count * Math.ceil(rows / batchSize);
  const perRound = baseline.shards.reduce((sum, { labels }) => sum + stepsOf(labels.length), 0);
  const task = {
    topology,
    initial: initialWeights(topology, seed),
    recipe,
    shards: baseline.shards,
    heldOut: baseline.heldOut,
    steps: perRound * rounds,
    seed: seededRng(utf8('demo/baseline')).bytes(32),
  };
  return { centralised: await centralised(backend, task), single: await bestSingleOwner(backend, task) };
}
