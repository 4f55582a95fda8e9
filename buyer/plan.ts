/** What a buyer decides before a launch, as it is kept in its home: amounts and decimals as text. protocol.md §6.2 */
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { sparseByDefault } from '#protocol/aggregation.ts';
import { evidenceByDefault, evidenceTermsSchema, retentionFlaw } from '#protocol/evidence-terms.ts';
import { aggregationSchema } from '#protocol/manifests.ts';
import { recipeSchema } from '#protocol/recipe/recipe.ts';
import { address, amount, bytes32, u32 } from '#protocol/units.ts';

const phaseSeconds = z.int().min(1).max(86_400);

export const planSchema = z.strictObject({
  /** Registry ids. */
  datasets: z.array(z.int().min(1)).min(1).max(1024),
  rounds: u32.min(1).max(65_535),
  bonusPool: amount,
  coordinator: z.strictObject({ address, url: z.url({ protocol: /^https?$/ }).max(500) }),
  /** Keras topology JSON. */
  topology: z.string().max(256 * 1024),
  /** The initial weights follow from it; drawn for this job, so that its terms are like no other's. */
  seed: bytes32,
  recipe: recipeSchema,
  /** Of the update's grid; dimension and largest weight follow from model and datasets. */
  aggregation: aggregationSchema.pick({ bits: true, clip: true, range: true, chunkWords: true }).extend({
    rounding: aggregationSchema.shape.rounding.default('nearest'),
    sparse: aggregationSchema.shape.sparse.default(sparseByDefault),
  }),
  minimumCohort: u32.min(3),
  phases: z.strictObject({
    enrolling: phaseSeconds,
    sharing: phaseSeconds,
    masking: phaseSeconds,
    confirming: phaseSeconds,
    unmasking: phaseSeconds,
    settling: phaseSeconds,
  }),
  /** Seconds. `duration` is from the opening to the cutoff, after which no round is settled. */
  windows: z.strictObject({
    roundTimeout: u32.min(1),
    short: u32.min(1),
    long: u32.min(1),
    duration: z.int().min(1),
  }),
  evidence: evidenceTermsSchema.default(evidenceByDefault),
});

export type Plan = Readonly<z.infer<typeof planSchema>>;

/** @throws TributaryError `launch/bad-plan` naming the field */
export function parsePlan(value: unknown): Plan {
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw badPlan(issue?.path.join('.') ?? '', issue?.message ?? 'not a plan');
  }
  const { evidence, windows } = parsed.data;
  const forgotten = retentionFlaw(evidence, windows.long);
  if (forgotten) throw badPlan('evidence.retentionDays', forgotten.detail);
  return parsed.data;
}

const badPlan = (field: string, why: string) => new TributaryError('launch/bad-plan', `${field}: ${why}`);
