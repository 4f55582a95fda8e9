/** The files that the people of the story have: one CSV an owner, the buyer's held-out rows and its job. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '#datasets/row-source.ts';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { standardised } from '#datasets/samples/standardisation.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { sparseByDefault } from '#protocol/aggregation.ts';
import { toDecimal } from '#protocol/units.ts';
import type { Sample } from './samples.ts';

export type StoryData = Readonly<{
  /** Path of each owner's CSV. */
  owners: readonly string[];
  heldOut: string;
  /** What the buyer launches: model, recipe, aggregation. */
  job: string;
  recipe: Recipe;
  topology: string;
  /** The same rows in memory, for the baselines, which stand outside the system. */
  baseline: Readonly<{ shards: readonly Batch[]; heldOut: Batch }>;
}>;

export function writeData(
  folder: string,
  sample: Sample,
  seed: number,
  owners: number,
  sparse = false,
): StoryData {
  const { training, heldOut } = splitHeldOut(sample.load(), seed, sample.heldOut);
  const recipe = sample.recipe(heldOut);
  const { topology, aggregation } = sample;
  const dealt = shards(training, seed, owners);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const job = { topology: JSON.parse(topology) as unknown, recipe, aggregation: gridOf(aggregation, sparse) };
  return {
    owners: dealt.map((rows, index) => write(`owner-${index + 1}.csv`, sample.toCsv(rows))),
    heldOut: write('held-out.csv', sample.toCsv(heldOut)),
    job: write('job.json', JSON.stringify(job, null, 2)),
    recipe,
    topology,
    baseline: {
      shards: dealt.map((rows) => standardised(rows, recipe.features)),
      heldOut: standardised(heldOut, recipe.features),
    },
  };
}

/** Forced, the graph is sparse from the smallest roster on. */
const gridOf = ({ bits, clip, range, chunkWords }: Sample['aggregation'], sparse: boolean) => ({
  bits,
  clip: toDecimal(clip),
  range: toDecimal(range),
  chunkWords,
  ...(sparse && { sparse: { ...sparseByDefault, above: 2 } }),
});
