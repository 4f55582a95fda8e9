/** A whole job from a few wishes: model, recipe and grid for the chosen datasets. protocol.md §6.5 */
import { TributaryError } from '#crypto/error.ts';
import type { Columns } from '#datasets/columns.ts';
import { fitFlaw } from '#model/fits-recipe.ts';
import { parseTopology } from '#model/topology.ts';
import { toError } from '#protocol/flaw.ts';
import { recipeSchema, type Recipe } from '#protocol/recipe/recipe.ts';
import type { Plan } from '../plan.ts';
import { featuresOf, provisionalOf } from './features.ts';
import { measureRows } from './measured.ts';
import { modelText, type ModelRequest } from './request.ts';
import { aggregationFor, trainingOf, type TrainingChoice } from './training.ts';

export type Wishes = Readonly<{
  model: ModelRequest;
  training: TrainingChoice;
  /** The buyer's own rows, to scale and to find words by; null to scale by the owners' bounds. */
  heldOut: string | null;
  /** Words that a text model knows; none to find them in the buyer's rows. */
  vocabulary: readonly string[];
}>;

export type Design = Readonly<{ topology: string; recipe: Recipe; aggregation: Plan['aggregation'] }>;

/**
 * @param columns names, in the order of the model's input
 * @param datasets the chosen ones, ascending
 * @throws TributaryError `design/…`, `job/model-mismatch` where the buyer's own model does not fit, `model/…`, `data/…`
 */
export async function designJob(
  { model, training, heldOut, vocabulary }: Wishes,
  columns: readonly string[],
  label: string,
  datasets: readonly Columns[],
): Promise<Design> {
  const measured =
    heldOut === null ? null : await measureRows(heldOut, provisionalOf(columns, label, datasets));
  const length = 'keras' in model ? textLength(model.keras, columns.length) : model.length;
  const encoded = featuresOf(columns, label, { datasets, measured, vocabulary, length });
  const topology = modelText(model, encoded.features, encoded.label);
  const parsed = parseTopology(topology);
  const recipe = recipeSchema.safeParse({
    ...trainingOf(model, parsed, encoded.label, training),
    ...encoded,
  });
  if (!recipe.success) {
    const [issue] = recipe.error.issues;
    throw new TributaryError(
      'design/bad-recipe',
      `${issue?.path.join('.') ?? 'the recipe'}: ${issue?.message ?? 'not a recipe'}: correct that option`,
    );
  }
  const misfit = fitFlaw(parsed, recipe.data);
  if (misfit) throw toError(misfit);
  return { topology, recipe: recipe.data, aggregation: aggregationFor(model, parsed, training) };
}

/** A buyer's text model says itself how long a text is. */
const textLength = (keras: string, columns: number): number =>
  Math.max(1, Math.floor(parseTopology(keras).features / columns));
