/** The schemas that the document names: each stands there once, with what it is and what one looks like. */
import { caveat } from '#protocol/access/caveats.ts';
import * as webhooks from '#protocol/access/webhooks.ts';
import * as access from '#protocol/access/wire.ts';
import * as views from '#protocol/attempt-view.ts';
import { accepted } from '#protocol/http/operations/messages.ts';
import * as messages from '#protocol/messages.ts';
import { jobEvent } from '#protocol/job-events.ts';
import { problem } from '#protocol/problem.ts';
import { address, amount, bytes32, compactSignature, hex, seconds } from '#protocol/units.ts';
import type { z } from 'zod';
import { examples } from './examples.ts';

/** `pattern` where zod turns its text before it looks at it. */
export type Named = Readonly<{ schema: z.ZodType; description: string; example?: unknown; pattern?: string }>;

const units: Readonly<Record<string, Named>> = {
  Bytes32: {
    schema: bytes32,
    description: '32 bytes: a digest, a root, a public key.',
    example: examples.bytes32,
  },
  Address: {
    schema: address,
    description: 'An Ethereum address. Answers have it in lower case.',
    pattern: '^0[xX][0-9a-fA-F]{40}$',
    example: examples.address,
  },
  CompactSignature: {
    schema: compactSignature,
    description: 'An EIP-2098 compact signature over secp256k1: 64 bytes, low s.',
    example: examples.signature,
  },
  Hex: { schema: hex, description: 'Bytes.', example: '0x05' },
  Amount: {
    schema: amount,
    description: "Base units of the deployment's payment token.",
    example: '2500000',
  },
  Seconds: { schema: seconds, description: 'Whole seconds since the Unix epoch.', example: examples.seconds },
};

const sent: Readonly<Record<string, Named>> = {
  SignedEnrolment: {
    schema: messages.signedEnrolment,
    description: 'An owner takes part in an attempt (§4.2).',
    example: examples.enrolment,
  },
  SignedShares: { schema: messages.signedShares, description: 'What a dealer commits to (§3.6, §4.3).' },
  SharesUpload: {
    schema: messages.sharesUpload,
    description: 'The same with the ciphertexts for its holders.',
    example: examples.shares,
  },
  SignedReceived: {
    schema: messages.signedReceived,
    description: "Whose shares a member can't open (§4.11).",
  },
  SignedInput: {
    schema: messages.signedInput,
    description: 'The commitment to a masked input (§4.4).',
    example: examples.input,
  },
  SignedConfirm: {
    schema: messages.signedConfirm,
    description: 'A member agrees to the survivors (§4.5).',
    example: examples.confirm,
  },
  SignedAbort: {
    schema: messages.signedAbort,
    description: 'A member will not confirm an attempt (§4.5, §4.8).',
  },
  RevealedShare: {
    schema: messages.revealedShare,
    description: "A share, and what checks it against its dealer's root.",
  },
  UnmaskingUpload: {
    schema: messages.unmaskingUpload,
    description: 'The shares that a member reveals (§4.6).',
  },
  SettlementTerms: { schema: messages.settlementTerms, description: 'What a round is settled with (§5.3).' },
  AttestationUpload: {
    schema: messages.attestationUpload,
    description: 'An owner found a round as proposed (§4.7).',
    example: examples.attestation,
  },
  ApprovalUpload: { schema: messages.approvalUpload, description: 'The buyer agrees to a round (§5.3).' },
  SignedRefusal: { schema: messages.signedRefusal, description: 'An owner found something else (§4.7).' },
  SignedEvidenceRequest: {
    schema: messages.signedEvidenceRequest,
    description:
      "A request for an attempt's evidence (§6.4): it goes into `Authorization`, as JSON in base64url.",
    example: examples.evidenceRequest,
  },
};

const ofAccess: Readonly<Record<string, Named>> = {
  Caveat: { schema: caveat, description: 'What narrows a token.', example: { kind: 'job', job: 7 } },
  SignInNonce: {
    schema: access.signInNonce,
    description: 'What a sign-in message has to name.',
    example: examples.nonce,
  },
  SignedIn: { schema: access.signedIn, description: 'A sign-in message (EIP-4361), signed.' },
  Tokens: { schema: access.tokens, description: 'What a sign-in gives.', example: examples.tokens },
  Refreshing: { schema: access.refreshing, description: 'A refresh token.' },
  Revoked: { schema: access.revoked, description: 'It is over.', example: { revoked: true } },
  Account: { schema: access.account, description: 'A token as it is read.', example: examples.account },
  WantedKey: {
    schema: access.wantedKey,
    description: 'An API key that is to be made.',
    example: examples.wantedKey,
  },
  KeyView: { schema: access.keyView, description: 'An API key, without itself.', example: examples.key },
  MadeKey: { schema: access.madeKey, description: 'An API key, with itself.' },
};

const ofWebhooks: Readonly<Record<string, Named>> = {
  WantedWebhook: {
    schema: webhooks.wantedWebhook,
    description: 'A webhook that is to be made.',
    example: examples.wantedWebhook,
  },
  WebhookView: {
    schema: webhooks.webhookView,
    description: 'A webhook, without its secret.',
    example: examples.webhook,
  },
  MadeWebhook: { schema: webhooks.madeWebhook, description: 'A webhook, with its secret.' },
  RotatedSecret: { schema: webhooks.rotatedSecret, description: 'A secret in the place of another.' },
  DeadLetter: {
    schema: webhooks.deadLetter,
    description: 'A message that was given up.',
    example: examples.deadLetter,
  },
  Deleted: { schema: webhooks.deleted, description: 'It is gone.', example: { deleted: true } },
  Redelivering: {
    schema: webhooks.redelivering,
    description: 'It is in line.',
    example: { redelivering: true },
  },
};

const shown: Readonly<Record<string, Named>> = {
  Accepted: { schema: accepted, description: 'A message is held, durably.', example: { accepted: true } },
  Problem: { schema: problem, description: 'A refusal or a failure (RFC 9457).', example: examples.problem },
  CoordinatorStatus: {
    schema: views.coordinatorStatus,
    description: 'Who a coordinator is.',
    example: examples.status,
  },
  JobView: { schema: views.jobView, description: 'A job as its coordinator sees it.', example: examples.job },
  JobEvent: {
    schema: jobEvent,
    description:
      'What happened to a job, as a hint of what to read again. Types may be added: pass over one that you do not know.',
    example: examples.event,
  },
  Delivery: { schema: views.delivery, description: 'A ciphertext, and who dealt it.' },
  Proposal: {
    schema: views.proposal,
    description: 'What is proposed for settlement, to be recomputed by each client.',
  },
  Neighbourhood: {
    schema: views.neighbourhood,
    description: 'A sparse roster as one member is shown it (§4.9).',
  },
  SurvivorsProof: {
    schema: views.survivorsProof,
    description: 'The survivors of a sparse attempt as one member is shown them.',
  },
  ExcludedDealer: {
    schema: views.excludedDealer,
    description: 'A dealer that is left out of U2, and the complaints (§4.11).',
  },
  AttemptView: {
    schema: views.attemptView,
    description: 'An attempt, whole or, of a sparse one, as one seat is shown it.',
    example: examples.announced,
  },
  ...phasesOf('', views.wholeView.options),
  ...phasesOf('Near', views.nearView.options),
};

/** The views of the phases, by their names. */
function phasesOf(
  prefix: string,
  options: readonly z.ZodObject<Readonly<{ phase: z.ZodLiteral<string> }>>[],
): Record<string, Named> {
  const named = options.map((schema): [string, Named] => {
    const phase = schema.shape.phase.value;
    const name = `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`;
    return [`${prefix}${name}Attempt`, { schema, description: `An attempt that is ${phase}.` }];
  });
  return Object.fromEntries(named);
}

export const names: Readonly<Record<string, Named>> = {
  ...units,
  ...sent,
  ...ofAccess,
  ...ofWebhooks,
  ...shown,
};
