/** How an owner trains: the recipe block of a job. protocol.md §6.2 */
import { z } from 'zod';
import { decimal } from './units.ts';

const feature = z.strictObject({
  name: z.string().min(1).max(100),
  /** Standardisation from public bounds: x becomes (x − centre) / scale. */
  centre: decimal,
  scale: decimal,
});

export const recipeSchema = z.strictObject({
  kind: z.literal('tributary/recipe'),
  version: z.literal(1),
  loss: z.literal('binaryCrossentropy'),
  optimiser: z.strictObject({ name: z.literal('sgd'), learningRate: decimal, momentum: decimal }),
  localEpochs: z.int().min(1).max(1000),
  batchSize: z.int().min(1).max(65_536),
  serverLearningRate: decimal,
  features: z.array(feature).min(1).max(10_000),
  label: z.strictObject({ name: z.string().min(1).max(100), classes: z.literal(2) }),
});

/** What every owner of a job runs on its own rows. */
export type Recipe = Readonly<z.infer<typeof recipeSchema>>;
