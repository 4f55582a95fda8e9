/** The files that the people of the story have: one CSV an owner, the buyer's held-out rows and its job. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { standardisation, standardised } from '#datasets/samples/standardisation.ts';
import { wdbcJob, wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { loadWdbc, toCsv, wdbcFeatures } from '#datasets/samples/wdbc.ts';
import type { Rows } from '#model/rows.ts';
import { tabularClassifier } from '#model/templates.ts';
import type { Recipe } from '#protocol/recipe.ts';
import { toDecimal } from '#protocol/units.ts';

export type StoryData = Readonly<{
  /** Path of each owner's CSV. */
  owners: readonly string[];
  heldOut: string;
  /** What the buyer launches: model, recipe, aggregation. */
  job: string;
  recipe: Recipe;
  topology: string;
  /** The same rows in memory, for the baselines, which stand outside the system. */
  baseline: Readonly<{ shards: readonly Rows[]; heldOut: Rows }>;
}>;

export function writeData(folder: string, seed: number, owners: number): StoryData {
  const { training, heldOut } = splitHeldOut(loadWdbc(), seed, wdbcJob.heldOut);
  const recipe = wdbcRecipe(standardisation(heldOut));
  const topology = tabularClassifier(wdbcFeatures.length, wdbcJob.hidden);
  const dealt = shards(training, seed, owners);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    owners: dealt.map((rows, index) => write(`owner-${index + 1}.csv`, toCsv(rows))),
    heldOut: write('held-out.csv', toCsv(heldOut)),
    job: write(
      'job.json',
      JSON.stringify(
        { topology: JSON.parse(topology) as unknown, recipe, aggregation: gridOf(wdbcJob.aggregation) },
        null,
        2,
      ),
    ),
    recipe,
    topology,
    baseline: {
      shards: dealt.map((rows) => standardised(rows, recipe.features)),
      heldOut: standardised(heldOut, recipe.features),
    },
  };
}

const gridOf = ({ clip, range, ...rest }: typeof wdbcJob.aggregation) => ({
  ...rest,
  clip: toDecimal(clip),
  range: toDecimal(range),
});
