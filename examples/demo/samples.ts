/** The real data sets that the story can be played with: who would hold such rows, and what is trained on them. */
import { digitsJob, digitsRecipe } from '#datasets/samples/digits-job.ts';
import { digitsClasses, digitsCsv, digitsSide, loadDigits } from '#datasets/samples/digits.ts';
import type { SampleRow } from '#datasets/samples/sample-row.ts';
import { standardisation } from '#datasets/samples/standardisation.ts';
import { wdbcJob, wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { loadWdbc, toCsv, wdbcFeatures } from '#datasets/samples/wdbc.ts';
import { imageSmall, tabularClassifier } from '#model/templates.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';

export type Sample = Readonly<{
  /** What an owner is called. */
  owner: string;
  load(): SampleRow[];
  toCsv(rows: readonly SampleRow[]): string;
  /** The share of the rows that the buyer holds out. */
  heldOut: number;
  rounds: number;
  aggregation: Readonly<{ bits: number; clip: number; range: number; chunkWords: number }>;
  /** @param heldOut the buyer's rows: public bounds may come from them */
  recipe(heldOut: readonly SampleRow[]): Recipe;
  /** Keras topology as JSON text. */
  topology: string;
}>;

/** Filters of the first convolution. */
const filters = 8;

export const samples = {
  wdbc: {
    owner: 'Hospital',
    load: loadWdbc,
    toCsv,
    ...wdbcJob,
    recipe: (heldOut) => wdbcRecipe(standardisation(heldOut)),
    topology: tabularClassifier(wdbcFeatures.length, wdbcJob.hidden),
  },
  digits: {
    owner: 'Post office',
    load: loadDigits,
    toCsv: digitsCsv,
    ...digitsJob,
    recipe: digitsRecipe,
    topology: imageSmall(
      { height: digitsSide, width: digitsSide, channels: 1 },
      filters,
      digitsClasses.length,
    ),
  },
} as const satisfies Readonly<Record<string, Sample>>;

export type SampleName = keyof typeof samples;
export const sampleNames = Object.keys(samples) as readonly SampleName[];
