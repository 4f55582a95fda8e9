/** What the coordinator publishes of an attempt: facts that every client checks for itself. protocol.md §4 */
import { z } from 'zod';
import {
  attemptId,
  signedAbort,
  signedConfirm,
  signedEnrolment,
  signedInput,
  signedShares,
} from './messages.ts';
import { address, amount, bytes32, hex, seconds, u32 } from './units.ts';

const base = {
  ...attemptId,
  /** Grows with every change of the attempt; long-poll with `after`. */
  revision: z.int().min(0),
  deadline: seconds,
  terms: bytes32,
  model: bytes32,
  /** Signed aborts that permit another input for the same model (§4.8). */
  earlier: z.array(
    z.strictObject({ attempt: u32, roster: z.array(signedEnrolment), aborts: z.array(signedAbort) }),
  ),
};
const roster = { roster: z.array(signedEnrolment) };
const sharers = { ...roster, sharers: z.array(signedShares) };
const inputs = { ...sharers, inputs: z.array(signedInput) };
const confirmed = { ...inputs, confirmations: z.array(signedConfirm) };

/** What is proposed for settlement, to be recomputed by each client. */
export const proposal = z.strictObject({
  manifest: bytes32,
  payoutRoot: bytes32,
  total: amount,
  /** Bitmap over the seats (§5.3). */
  participants: hex,
  deadline: seconds,
  evidence: bytes32,
});
export type Proposal = Readonly<z.infer<typeof proposal>>;

export const attemptView = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('announced'), ...base }),
  z.strictObject({ phase: z.literal('enrolling'), ...base }),
  z.strictObject({ phase: z.literal('sharing'), ...base, ...roster }),
  z.strictObject({ phase: z.literal('masking'), ...base, ...sharers }),
  z.strictObject({ phase: z.literal('confirming'), ...base, ...inputs }),
  z.strictObject({ phase: z.literal('unmasking'), ...base, ...confirmed }),
  z.strictObject({ phase: z.literal('settling'), ...base, ...confirmed, proposal }),
  z.strictObject({ phase: z.literal('settled'), ...base, ...confirmed, proposal, transaction: bytes32 }),
  z.strictObject({
    phase: z.literal('aborted'),
    ...base,
    reason: z.string(),
    aborts: z.array(signedAbort),
  }),
  z.strictObject({ phase: z.literal('failed'), ...base, reason: z.string() }),
]);

export type AttemptView = Readonly<z.infer<typeof attemptView>>;
export type Phase = AttemptView['phase'];
export type ViewOf<P extends Phase> = Extract<AttemptView, { phase: P }>;

/** The ciphertexts for one member, by dealer. */
export const deliveries = z.array(z.strictObject({ dealer: u32, ciphertext: hex }));
export type Delivery = z.infer<typeof deliveries>[number];

/** A job as its coordinator sees it. */
export const jobView = z.strictObject({
  job: attemptId.job,
  state: z.enum(['active', 'finished', 'failed']),
  round: attemptId.round,
  attempt: attemptId.attempt,
  rounds: u32,
});
export type JobView = Readonly<z.infer<typeof jobView>>;

/** Who a coordinator is; it may say more. */
export const coordinatorStatus = z.object({
  version: z.literal(1),
  chainId: z.int().min(1),
  escrow: address,
  coordinator: address,
});
export type CoordinatorStatus = Readonly<z.infer<typeof coordinatorStatus>>;
