/**
 * The job of the digits: a small convolutional network over 8 × 8 images, `imageSmall` of model/templates.ts.
 * protocol.md §6.5
 */
import { type Recipe, recipeSchema } from '#protocol/recipe/recipe.ts';
import { digitsClasses, digitsFeatures, digitsLabel, digitsMost } from './digits.ts';

export const digitsJob = {
  /** The buyer's part of the rows. */
  heldOut: 0.3,
  owners: 5,
  rounds: 5,
  /** protocol.md §2: range = clip, so nothing saturates. */
  aggregation: { bits: 16, clip: 4, range: 4, chunkWords: 1_024 },
} as const;

/** Counts are known to lie in 0 … 16, so centre and scale need no rows: −1 is white and 1 is black. */
export const digitsRecipe = (): Recipe =>
  recipeSchema.parse({
    kind: 'tributary/recipe',
    version: 2,
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy', 'logLoss'],
    optimiser: { name: 'sgd', momentum: '0.9' },
    learningRate: { schedule: 'constant', rate: '0.05' },
    local: { unit: 'epochs', count: 4 },
    batchSize: 32,
    proximal: '0',
    server: { name: 'fedAvg', learningRate: '1' },
    features: digitsFeatures.map((name) => ({
      type: 'number',
      name,
      centre: String(digitsMost / 2),
      scale: String(digitsMost / 2),
      missing: 'refuse',
    })),
    label: { type: 'class', name: digitsLabel, classes: digitsClasses },
  });
