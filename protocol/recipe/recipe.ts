/** How a model is trained: the recipe block of a job. protocol.md §6.2, §6.5 */
import { z } from 'zod';
import { decimal } from '../units.ts';
import { featureSchema, labelSchema } from './features.ts';
import { optimiserSchema, scheduleSchema, serverSchema } from './optimisers.ts';

/** By the label's type: what is minimised. The first is for two classes and one sigmoid. */
export const losses = {
  class: ['binaryCrossentropy', 'categoricalCrossentropy'],
  number: ['meanSquaredError', 'meanAbsoluteError', 'huber'],
} as const;

/** By the label's type: what is reported of held-out rows. Errors of numbers are in the label's own unit. */
export const metricNames = {
  class: ['accuracy', 'balancedAccuracy', 'macroF1', 'logLoss'],
  number: ['meanAbsoluteError', 'rootMeanSquaredError', 'r2'],
} as const;

export type Loss = (typeof losses)[keyof typeof losses][number];
export type Metric = (typeof metricNames)[keyof typeof metricNames][number];

const within = (list: readonly string[], item: string): boolean => list.includes(item);

export const recipeSchema = z
  .strictObject({
    kind: z.literal('tributary/recipe'),
    version: z.literal(2),
    loss: z.enum([...losses.class, ...losses.number]),
    metrics: z
      .array(z.enum([...metricNames.class, ...metricNames.number]))
      .min(1)
      .max(8),
    optimiser: optimiserSchema,
    learningRate: scheduleSchema,
    /** How long an owner trains in a round. */
    local: z.discriminatedUnion('unit', [
      z.strictObject({ unit: z.literal('epochs'), count: z.int().min(1).max(1_000) }),
      z.strictObject({ unit: z.literal('steps'), count: z.int().min(1).max(1_000_000) }),
    ]),
    batchSize: z.int().min(1).max(65_536),
    /** FedProx (Li et al. 2020): µ/2 · ‖w − the round's model‖² is added to the loss; 0 adds nothing. */
    proximal: decimal.refine((text) => Number(text) >= 0 && Number(text) <= 1e6, 'expected 0 ≤ µ ≤ 10⁶'),
    server: serverSchema,
    features: z.array(featureSchema).min(1).max(10_000),
    label: labelSchema,
  })
  .superRefine(({ loss, metrics, label, features }, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (!within(losses[label.type], loss)) issue('loss', `${loss} is none for a ${label.type} label`);
    if (loss === 'binaryCrossentropy' && label.type === 'class' && label.classes.length !== 2) {
      issue('loss', `binaryCrossentropy is for two classes, the label has ${label.classes.length}`);
    }
    const odd = metrics.find((metric) => !within(metricNames[label.type], metric));
    if (odd !== undefined) issue('metrics', `${odd} is none for a ${label.type} label`);
    if (new Set(metrics).size !== metrics.length) issue('metrics', 'expected each once');
    const names = [...features.map(({ name }) => name), label.name];
    const repeated = names.find((name, at) => names.indexOf(name) !== at);
    if (repeated !== undefined) issue('features', `the column ${repeated} is named twice`);
  });

/** What every owner of a job runs on its own rows, and what the server makes of the average. */
export type Recipe = Readonly<z.infer<typeof recipeSchema>>;
