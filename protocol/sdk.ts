/**
 * What outsiders import as `tributary/sdk`: the coordinator's API as typed calls, what goes over it, and how it is signed.
 * docs/api.md; scripts/sdk.ts makes JavaScript of it.
 */
export { TributaryError } from '#crypto/error.ts';
export type { Caveat } from './access/caveats.ts';
export { scopes, type Scope } from './access/scopes.ts';
export { signInMessage, type SignIn } from './access/sign-in.ts';
export { attenuate } from './access/token.ts';
export type {
  DeadLetterView,
  MadeWebhook,
  RotatedSecret,
  WantedWebhook,
  WebhookView,
} from './access/webhooks.ts';
export type { Account, KeyView, MadeKey, SignedIn, SignInNonce, Tokens, WantedKey } from './access/wire.ts';
export { phases, isNear } from './attempt-view.ts';
export type {
  AttemptView,
  CoordinatorStatus,
  Delivery,
  JobView,
  NearView,
  Phase,
  Proposal,
  WholeView,
} from './attempt-view.ts';
export { coordinatorApi, type CoordinatorApi } from './http/coordinator-api.ts';
export { API_VERSION, operations, type OperationId } from './http/operations.ts';
export type { Operation } from './http/operations/operation.ts';
export type { EventOptions } from './http/follow-events.ts';
export type { JobPage } from './http/paging.ts';
export { retryAfterOf } from './http/retry-after.ts';
export type { EventType, JobEvent } from './job-events.ts';
export { formatJobId, parseJobId, type AttemptId, type JobId } from './job-id.ts';
export type {
  Abort,
  ApprovalUpload,
  AttestationUpload,
  Confirm,
  Enrolment,
  EvidenceRequest,
  Input,
  Received,
  Refusal,
  SettlementTerms,
  Shares,
  SharesUpload,
  Signed,
  Unmasking,
  UnmaskingUpload,
} from './messages.ts';
export { settlementTermsOf } from './rules/settlement-terms.ts';
export { recoverTyped, signedBy, signTyped } from './signature.ts';
export { typedDigest } from './typed-digest.ts';
export { typedData, typedDomain, type Domain, type PrimaryType } from './typed-data.ts';
export {
  fromAmount,
  toAddress,
  toAmount,
  toBytes32,
  toSeconds,
  type Address,
  type Amount,
  type Bytes32,
  type CompactSignature,
  type Hex,
  type Seconds,
} from './units.ts';
