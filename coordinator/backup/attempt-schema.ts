/** What an attempt may be, phase by phase: the types of coordinator/round/ as schemas, of the protocol's own. */
import { z } from 'zod';
import { proposal } from '#protocol/attempt-view.ts';
import { evidenceTermsSchema } from '#protocol/evidence-terms.ts';
import { faultSchema } from '#protocol/fault.ts';
import { drawSchema, jobSchema } from '#protocol/manifests.ts';
import {
  attemptId,
  signedAbort,
  signedConfirm,
  signedEnrolment,
  signedInput,
  signedReceived,
  signedRefusal,
  signedShares,
  signedUnmasking,
} from '#protocol/messages.ts';
import { address, bytes32, compactSignature, hex, seconds, u32 } from '#protocol/units.ts';

const whole = z.int().min(0);

export const rulesSchema = z.strictObject({
  domain: z.strictObject({ chainId: z.int().min(1), escrow: address }),
  expected: z.strictObject({
    ...attemptId,
    ...{ model: bytes32, recipe: bytes32, terms: bytes32, parameters: bytes32 },
  }),
  aggregation: z.strictObject({
    ...{ bits: whole, dimension: whole, maxWeight: whole, chunkWords: whole },
    ...{ clip: z.number(), range: z.number() },
  }),
  sparse: z.strictObject({ above: u32, corruption: z.number(), dropout: z.number() }).nullable(),
  buyer: address,
  seats: z.array(z.strictObject({ dataset: whole, operator: address, owner: address, unitsLeft: whole })),
  minimumCohort: whole,
  phases: jobSchema.shape.phases,
  announcedAt: seconds,
  cutoff: seconds,
  evidence: evidenceTermsSchema,
});

const base = { rules: rulesSchema, deadline: seconds };
const enrolments = z.array(signedEnrolment).readonly();
const withRoster = { ...base, enrolments, roster: bytes32, draw: drawSchema.nullable() };
const withShares = { ...withRoster, shares: z.array(signedShares).readonly() };
const withReceipts = { ...withShares, receipts: z.array(signedReceived).readonly() };
const inputs = { inputs: z.array(signedInput).readonly() };
const aborts = z.array(signedAbort).readonly();
const confirmations = { confirmations: z.array(signedConfirm).readonly() };
const confirmed = { ...withShares, ...inputs, ...confirmations };
const seatSignature = z.strictObject({ seat: u32, signature: compactSignature });
const attestations = z.array(seatSignature).readonly();
const quorum = z.strictObject({ attestations, approval: hex }).nullable();
const revealed = signedUnmasking.extend({ dealers: z.array(u32).readonly() });
const phase = <Name extends string>(name: Name) => ({ phase: z.literal(name) });

const settling = z.discriminatedUnion('step', [
  z.strictObject({
    ...confirmed,
    ...phase('settling'),
    step: z.literal('attesting'),
    proposal,
    attestations,
    approval: hex.nullable(),
    refusals: z.array(signedRefusal).readonly(),
  }),
  z.strictObject({ ...confirmed, ...phase('settling'), step: z.literal('posting'), proposal, quorum }),
]);

export const attemptSchema = z.discriminatedUnion('phase', [
  z.strictObject({ ...base, ...phase('announced') }),
  z.strictObject({ ...base, ...phase('enrolling'), enrolments }),
  z.strictObject({ ...base, ...phase('drawing'), enrolments, roster: bytes32 }),
  z.strictObject({ ...withShares, ...phase('sharing') }),
  z.strictObject({ ...withReceipts, ...phase('receiving') }),
  z.strictObject({
    ...withReceipts,
    ...inputs,
    ...phase('masking'),
    excluded: z.array(u32).readonly(),
  }),
  z.strictObject({ ...withReceipts, ...inputs, ...confirmations, ...phase('confirming'), aborts }),
  z.strictObject({ ...confirmed, ...phase('agreeing') }),
  z.strictObject({ ...confirmed, ...phase('unmasking'), unmaskings: z.array(revealed).readonly() }),
  settling,
  z.strictObject({ ...confirmed, ...phase('settled'), proposal, quorum, transaction: bytes32 }),
  z.strictObject({
    ...base,
    ...phase('aborted'),
    reason: z.string(),
    enrolments,
    draw: drawSchema.nullable(),
    onChain: z.enum(['nothing', 'open', 'aborted']),
    aborts,
  }),
  z.strictObject({ ...base, ...phase('failed'), reason: z.string(), fault: faultSchema.nullable() }),
]);
