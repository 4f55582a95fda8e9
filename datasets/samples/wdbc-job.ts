/**
 * The job of the demo and of `bench -- demo-accuracy`: one recipe, tuned once, for the federation and for the
 * baselines alike. The topology is `tabularClassifier(wdbcFeatures.length, wdbcJob.hidden)` of model/templates.ts.
 */
import { type Recipe, recipeSchema } from '#protocol/recipe/recipe.ts';
import { wdbcClasses, wdbcLabel } from './wdbc.ts';

export const wdbcJob = {
  /** Units of the hidden layer: 30 → 16 → 1 has 513 weights. */
  hidden: 16,
  /** The buyer's part of the rows. */
  heldOut: 0.3,
  owners: 5,
  rounds: 5,
  /** protocol.md §2: most local updates are shorter than `clip`; range = clip, so nothing saturates. */
  aggregation: { bits: 16, clip: 2, range: 2, chunkWords: 64 },
} as const;

/** The recipe, with the buyer's standardisation in it. */
export const wdbcRecipe = (features: Recipe['features']): Recipe =>
  recipeSchema.parse({
    kind: 'tributary/recipe',
    version: 2,
    loss: 'binaryCrossentropy',
    metrics: ['accuracy', 'logLoss'],
    optimiser: { name: 'sgd', momentum: '0.5' },
    learningRate: { schedule: 'constant', rate: '0.4' },
    local: { unit: 'epochs', count: 4 },
    batchSize: 32,
    proximal: '0',
    server: { name: 'fedAvg', learningRate: '1' },
    features,
    label: { type: 'class', name: wdbcLabel, classes: wdbcClasses },
  });
