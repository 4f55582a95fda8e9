/** What crosses the wire between owner, buyer and coordinator. protocol.md §4 */
import { z } from 'zod';
import {
  address,
  amount,
  bytes32,
  compactSignature,
  hex,
  jobNumber,
  seconds,
  u32,
  type CompactSignature,
  words,
} from './units.ts';

/** The attempt that a message belongs to. */
export const attemptId = { job: jobNumber, round: u32.min(1), attempt: u32.min(1) };
const reason = words.min(1).max(200);

export const enrolment = z.strictObject({
  ...attemptId,
  seat: u32,
  operator: address,
  channelKey: bytes32.describe('X25519 public key of this attempt, for channels.'),
  maskKey: bytes32.describe('X25519 public key of this attempt, for pair masks.'),
  model: bytes32,
  recipe: bytes32,
  terms: bytes32,
  parameters: bytes32,
  deadline: seconds,
  backend: words.min(1).max(40).describe('The TensorFlow backend that trained, as its own client names it.'),
});
export const shares = z.strictObject({
  ...attemptId,
  member: u32,
  roster: bytes32,
  seedDigest: bytes32,
  shareRoot: bytes32,
  ciphertextRoot: bytes32,
});
/** Whose shares a member can't open, of all who dealt near it. */
export const received = z.strictObject({
  ...attemptId,
  member: u32,
  roster: bytes32,
  sharers: bytes32,
  unopened: hex.describe("Bitmap over the roster's members: whose shares it can't open."),
});
export const input = z.strictObject({
  ...attemptId,
  member: u32,
  roster: bytes32,
  sharers: bytes32,
  inputRoot: bytes32,
});
export const confirm = z.strictObject({
  ...attemptId,
  member: u32,
  roster: bytes32,
  sharers: bytes32,
  survivors: bytes32,
});
export const abort = z.strictObject({ ...attemptId, member: u32, roster: bytes32, reason });
export const unmasking = z.strictObject({
  ...attemptId,
  member: u32,
  roster: bytes32,
  survivors: bytes32,
  shares: bytes32,
});
export const settlementTerms = z.strictObject({
  ...attemptId,
  manifest: bytes32,
  payoutRoot: bytes32,
  total: amount,
  participants: bytes32,
  deadline: seconds,
});
export const refusal = z.strictObject({ ...attemptId, seat: u32, proposal: bytes32, reason });
export const evidenceRequest = z.strictObject({ ...attemptId, requester: address, deadline: seconds });

export type Enrolment = z.infer<typeof enrolment>;
export type Shares = z.infer<typeof shares>;
export type Received = z.infer<typeof received>;
export type Input = z.infer<typeof input>;
export type Confirm = z.infer<typeof confirm>;
export type Abort = z.infer<typeof abort>;
export type Unmasking = z.infer<typeof unmasking>;
export type SettlementTerms = z.infer<typeof settlementTerms>;
export type Refusal = z.infer<typeof refusal>;
export type EvidenceRequest = z.infer<typeof evidenceRequest>;

/** A message with its sender's compact signature. */
export type Signed<Message> = Readonly<{ message: Message; signature: CompactSignature }>;

const signed = <Schema extends z.ZodType>(message: Schema) =>
  z.strictObject({ message, signature: compactSignature });

/** A share that an owner opens at unmasking, with what checks it against its dealer's share root. */
export const revealedShare = z.strictObject({
  member: u32,
  kind: z.enum(['seed', 'mask']),
  y: hex,
  other: bytes32,
  path: z.array(bytes32).max(32),
});
export type RevealedShare = z.infer<typeof revealedShare>;

export const signedEnrolment = signed(enrolment);
export const signedShares = signed(shares);
export const signedReceived = signed(received);
export const signedInput = signed(input);
export const signedConfirm = signed(confirm);
export const signedAbort = signed(abort);
export const signedUnmasking = signed(unmasking);
export const signedRefusal = signed(refusal);
export const signedEvidenceRequest = signed(evidenceRequest);
export const sharesUpload = signedShares.extend({
  ciphertexts: z.array(hex).max(1024).describe('One a holder, ascending; empty for the sender itself.'),
});
export const unmaskingUpload = signedUnmasking.extend({ shares: z.array(revealedShare).max(1024) });
/** An owner's attestation names its seat beside the digest that all attesters sign. */
export const attestationUpload = signed(settlementTerms).extend({ seat: u32 });
/** A buyer may be a contract (ERC-1271), so its signature is bytes of any length. */
export const approvalUpload = z.strictObject({ message: settlementTerms, signature: hex });

export type SharesUpload = z.infer<typeof sharesUpload>;
export type UnmaskingUpload = z.infer<typeof unmaskingUpload>;
export type AttestationUpload = z.infer<typeof attestationUpload>;
export type ApprovalUpload = z.infer<typeof approvalUpload>;
