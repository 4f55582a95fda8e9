/** The blocks of the lineage and their schemas; links are real CIDs. protocol.md §6.1, §6.2 */
import { CID } from 'multiformats/cid';
import { z } from 'zod';
import { evidenceTermsSchema } from './evidence-terms.ts';
import { signedConfirm, signedEnrolment, signedInput, signedShares } from './messages.ts';
import { recipeSchema } from './recipe/recipe.ts';
import { address, amount, bytes32, decimal, jobNumber, u32 } from './units.ts';

const link = z.custom<CID>((value) => CID.asCID(value) !== null, 'expected a link');
const version = z.literal(1);
const place = { chainId: z.int().min(1), escrow: address, job: jobNumber, round: u32.min(1) };
/** Seconds that each phase may last. */
const phaseSeconds = z.int().min(1).max(86_400);

export { recipeSchema };

export const aggregationSchema = z.strictObject({
  kind: z.literal('tributary/aggregation'),
  version: z.literal(2),
  bits: z.int(),
  clip: decimal,
  range: decimal,
  dimension: z.int().min(1),
  maxWeight: z.int().min(1),
  chunkWords: z.int().min(8),
  rounding: z.enum(['nearest', 'stochastic']),
  /** Rosters above `above` members use the sparse graph; null: none does, and none is larger than 100 (§3.8). */
  sparse: z.strictObject({ above: u32, corruption: decimal, dropout: decimal }).nullable(),
});

export const modelSchema = z.strictObject({
  kind: z.literal('tributary/model'),
  version,
  /** Keras topology JSON, a raw block. */
  topology: link,
  /** safetensors bytes, a blob. */
  weights: link,
  dimension: z.int().min(1),
});

export const jobSchema = z.strictObject({
  kind: z.literal('tributary/job'),
  version: z.literal(2),
  chainId: z.int().min(1),
  escrow: address,
  buyer: address,
  coordinator: z.strictObject({ address, url: z.url({ protocol: /^https?$/ }).max(500) }),
  /** In seat order. */
  datasets: z
    .array(
      z.strictObject({
        dataset: z.int().min(1),
        token: z.int().min(1),
        units: u32.min(1),
        descriptor: link,
        weight: z.int().min(1),
      }),
    )
    .min(1)
    .max(1024),
  recipe: link,
  aggregation: link,
  model: link,
  /** The initial weights follow from this seed. */
  seed: bytes32,
  rounds: u32.min(1),
  minimumCohort: u32.min(3),
  phases: z.strictObject({
    enrolling: phaseSeconds,
    sharing: phaseSeconds,
    masking: phaseSeconds,
    confirming: phaseSeconds,
    unmasking: phaseSeconds,
    settling: phaseSeconds,
  }),
  bonusPool: amount,
  evidence: evidenceTermsSchema,
});

export const aggregateSchema = z.strictObject({
  kind: z.literal('tributary/aggregate'),
  version,
  /** Σ q per coordinate over the survivors: signed 32-bit little-endian integers, a blob. */
  sum: link,
  weightSum: z.int().min(1),
  survivors: u32.min(1),
});

/** What the server's optimiser keeps between rounds: float64 little-endian, one a weight, as blobs. protocol.md §6.3 */
export const optimiserSchema = z.strictObject({
  kind: z.literal('tributary/optimiser'),
  version,
  momentum: link,
  /** Null for an optimiser without one. */
  secondMoment: link.nullable(),
});

export const payoutsSchema = z.strictObject({
  kind: z.literal('tributary/payouts'),
  version,
  root: bytes32,
  total: amount,
  /** One for every seat, in seat order, cumulative. */
  leaves: z.array(z.strictObject({ seat: u32, units: u32, bonus: amount })).max(1024),
});

export const rosterSchema = z.strictObject({
  kind: z.literal('tributary/roster'),
  version,
  members: z.array(signedEnrolment).min(3).max(1024),
});

/** How a sparse graph was drawn: all from which it can be drawn again. protocol.md §3.8 */
export const drawSchema = z.strictObject({
  degree: u32.min(2),
  threshold: u32.min(2),
  /** The block whose prevrandao is the seed's public randomness, and that value. */
  seedBlock: z.int().min(0),
  randao: bytes32,
});

export const roundSchema = z.strictObject({
  kind: z.literal('tributary/round'),
  version: z.literal(3),
  ...place,
  attempt: u32.min(1),
  terms: link,
  previous: link.nullable(),
  /** The transaction that settled the previous round. */
  previousTransaction: bytes32.nullable(),
  modelBefore: link,
  aggregate: link,
  modelAfter: link,
  /** The server optimiser's state; null where it keeps none, and before round 1. */
  optimiserBefore: link.nullable(),
  optimiserAfter: link.nullable(),
  roster: link,
  rosterRoot: bytes32,
  /** Null for the complete graph. */
  graph: drawSchema.nullable(),
  sharers: z.array(u32),
  survivors: z.array(z.strictObject({ member: u32, inputRoot: bytes32 })),
  /** Digest of the evidence's root block; not a link, for the evidence is not public. */
  evidence: bytes32,
  payouts: link,
});

export const evidenceSchema = z.strictObject({
  kind: z.literal('tributary/evidence'),
  version,
  ...place,
  attempt: u32.min(1),
  roster: z.array(signedEnrolment).min(3).max(1024),
  shares: z.array(signedShares).max(1024),
  inputs: z.array(signedInput.extend({ vector: link })).max(1024),
  confirmations: z.array(signedConfirm).max(1024),
  /** A survivor's self seed or a dropout's mask secret. */
  secrets: z.array(z.strictObject({ member: u32, kind: z.enum(['seed', 'mask']), value: bytes32 })).max(1024),
});

export type Aggregation = Readonly<z.infer<typeof aggregationSchema>>;
export type ModelBlock = Readonly<z.infer<typeof modelSchema>>;
export type JobManifest = Readonly<z.infer<typeof jobSchema>>;
export type Aggregate = Readonly<z.infer<typeof aggregateSchema>>;
export type Draw = Readonly<z.infer<typeof drawSchema>>;
export type OptimiserBlock = Readonly<z.infer<typeof optimiserSchema>>;
export type Payouts = Readonly<z.infer<typeof payoutsSchema>>;
export type RosterBlock = Readonly<z.infer<typeof rosterSchema>>;
export type RoundManifest = Readonly<z.infer<typeof roundSchema>>;
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;
