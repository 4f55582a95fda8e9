/** What the coordinator publishes of an attempt: facts that every client checks for itself. protocol.md §4 */
import { z } from 'zod';
import { faultSchema } from './fault.ts';
import {
  attemptId,
  signedAbort,
  signedConfirm,
  signedEnrolment,
  signedInput,
  signedReceived,
  signedShares,
} from './messages.ts';
import { address, amount, bytes32, hex, seconds, u32 } from './units.ts';

const base = {
  ...attemptId,
  revision: z.int().min(0).describe('Grows with every change that a reader can see; long-poll with `after`.'),
  deadline: seconds.describe('When the phase ends at the latest.'),
  terms: bytes32,
  model: bytes32,
  earlier: z
    .array(z.strictObject({ attempt: u32, roster: z.array(signedEnrolment), aborts: z.array(signedAbort) }))
    .describe('Signed aborts that permit another input for the same model (§4.8).'),
};
const path = z.array(bytes32).max(10);

/** A sparse roster as one member is shown it: itself and its neighbours, each with its path to the root (§4.9). */
export const neighbourhood = z.strictObject({
  seats: hex.describe(
    "Bitmap over the job's seats: who is in the roster. Its bits ascending are the members' indices.",
  ),
  tree: bytes32.describe("Root of the enrolments' tree, one leaf a member."),
  members: z.array(z.strictObject({ member: u32, envelope: signedEnrolment, path })).max(1024),
});
export type Neighbourhood = Readonly<z.infer<typeof neighbourhood>>;

/** The survivors of a sparse attempt as one member is shown them. */
export const survivorsProof = z.strictObject({
  members: hex.describe("Bitmap over the roster's members."),
  tree: bytes32.describe("Root of the inputs' tree, one leaf a survivor."),
  path: path.nullable().describe("From the reader's own leaf; null where it is no survivor."),
});
export type SurvivorsProof = Readonly<z.infer<typeof survivorsProof>>;

/** A dealer that is left out of U2, and the complaints that are the reason (§4.11). */
export const excludedDealer = z.strictObject({ dealer: u32, complaints: z.array(signedReceived).max(1024) });
export type Excluded = Readonly<z.infer<typeof excludedDealer>>;
const excluded = { excluded: z.array(excludedDealer).max(1024) };

const roster = { roster: z.array(signedEnrolment) };
const sharers = { ...roster, sharers: z.array(signedShares) };
const inputs = { ...sharers, inputs: z.array(signedInput) };
const confirmed = { ...inputs, confirmations: z.array(signedConfirm) };

/** As above, of the reader and its neighbours alone. */
const near = { roster: neighbourhood };
const nearSharers = { ...near, sharers: z.array(signedShares) };
const nearInputs = { ...nearSharers, inputs: survivorsProof };
const nearConfirmed = { ...nearInputs, confirmations: z.array(signedConfirm) };

/** What is proposed for settlement, to be recomputed by each client. */
export const proposal = z.strictObject({
  manifest: bytes32,
  payoutRoot: bytes32,
  total: amount,
  participants: hex.describe('Bitmap over the seats (§5.3).'),
  deadline: seconds,
  evidence: bytes32,
});
export type Proposal = Readonly<z.infer<typeof proposal>>;

export const wholeView = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('announced'), ...base }),
  z.strictObject({ phase: z.literal('enrolling'), ...base }),
  z.strictObject({ phase: z.literal('sharing'), ...base, ...roster }),
  /** All who dealt. */
  z.strictObject({ phase: z.literal('receiving'), ...base, ...sharers }),
  z.strictObject({ phase: z.literal('masking'), ...base, ...sharers, ...excluded }),
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
  z.strictObject({
    phase: z.literal('failed'),
    ...base,
    reason: z.string(),
    fault: faultSchema
      .nullable()
      .describe("Where a dealer's shares are to blame: the proof, which each reader checks (§4.10)."),
  }),
]);

/** A sparse attempt from its roster on, as one member is shown it. */
export const nearView = z.discriminatedUnion('phase', [
  /** The roster goes on chain, and the graph is drawn. */
  z.strictObject({ phase: z.literal('drawing'), ...base }),
  z.strictObject({ phase: z.literal('sharing'), ...base, ...near }),
  z.strictObject({ phase: z.literal('receiving'), ...base, ...nearSharers }),
  z.strictObject({ phase: z.literal('masking'), ...base, ...nearSharers, ...excluded }),
  z.strictObject({ phase: z.literal('confirming'), ...base, ...nearInputs }),
  /** The survivors go on chain. */
  z.strictObject({ phase: z.literal('agreeing'), ...base }),
  z.strictObject({ phase: z.literal('unmasking'), ...base, ...nearConfirmed }),
  z.strictObject({ phase: z.literal('settling'), ...base, ...nearConfirmed, proposal }),
  z.strictObject({ phase: z.literal('settled'), ...base, ...nearConfirmed, proposal, transaction: bytes32 }),
]);

export const attemptView = z.union([wholeView, nearView]);

export type WholeView = Readonly<z.infer<typeof wholeView>>;
export type NearView = Readonly<z.infer<typeof nearView>>;
export type AttemptView = WholeView | NearView;
export type Phase = AttemptView['phase'];
/** All phases, in their order. */
export const phases: readonly Phase[] = [
  'announced',
  'enrolling',
  'drawing',
  'sharing',
  'receiving',
  'masking',
  'confirming',
  'agreeing',
  'unmasking',
  'settling',
  'settled',
  'aborted',
  'failed',
];
/** A view of a complete graph's attempt in a phase. */
export type ViewOf<P extends WholeView['phase']> = Extract<WholeView, { phase: P }>;
export type NearViewOf<P extends NearView['phase']> = Extract<NearView, { phase: P }>;

export const isNear = (view: AttemptView): view is NearView =>
  view.phase === 'drawing' || view.phase === 'agreeing' || ('roster' in view && !Array.isArray(view.roster));

/** The ciphertexts for one member, by dealer. */
export const delivery = z.strictObject({ dealer: u32, ciphertext: hex });
export const deliveries = z.array(delivery);
export type Delivery = z.infer<typeof delivery>;

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
const budgetView = z.object({ reads: z.int().min(1), messages: z.int().min(1) });
const quotaView = z.int().min(1).nullable().describe('Null: there is none.');
const policyView = z.object({
  digest: bytes32.describe('SHA-256 of the policy: it differs whenever any of it does.'),
  limits: z
    .object({ address: budgetView, caller: budgetView, bodyBytes: z.int().min(1) })
    .describe('Requests a minute, of an address and of an API key or account; and of a JSON body, inflated.'),
  quotas: z
    .object({ requests: quotaView, bytes: quotaView, jobs: z.int().min(1) })
    .describe('Of an API key or account in a day of UTC; and jobs of a buyer under way.'),
});

export const coordinatorStatus = z.object({
  version: z.literal(1),
  chainId: z.int().min(1),
  escrow: address,
  coordinator: address,
  startedAt: seconds,
  instance: z.string().describe('Of this process: it differs where several coordinators serve one URL.'),
  database: z.string().describe('Where its records are: `embedded`, or on a `postgresql` server.'),
  jobs: z
    .object({ active: z.int().min(0), finished: z.int().min(0), failed: z.int().min(0) })
    .describe('How many it has.'),
  draining: z.boolean().optional().describe('Whether it takes on no job now.'),
  policy: policyView
    .optional()
    .describe("Its operator's policy as it is in force; an older coordinator says nothing of it."),
});
export type CoordinatorStatus = Readonly<z.infer<typeof coordinatorStatus>>;
