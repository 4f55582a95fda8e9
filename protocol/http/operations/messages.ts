/** The messages that owners and the buyer post. protocol.md §4.1 */
import { z } from 'zod';
import {
  approvalUpload,
  attestationUpload,
  sharesUpload,
  signedAbort,
  signedConfirm,
  signedEnrolment,
  signedReceived,
  signedRefusal,
  unmaskingUpload,
} from '../../messages.ts';
import type { Operation } from './operation.ts';
import { attemptPath, none } from './parameters.ts';

const KIB = 1024;
/** A signed message is less than 2 KiB. */
const MESSAGE_BYTES = 16 * KIB;
/** A contract's signature (ERC-1271) may be those of many. */
const APPROVAL_BYTES = 64 * KIB;
/** Of up to 1,024 members. */
const LIST_BYTES = 4 * KIB * KIB;

/** What every accepted message is answered, at first and again. */
export const accepted = z.strictObject({ accepted: z.literal(true) });

const ofSender = ['attempt/wrong-phase', 'message/bad-signature', 'message/other-attempt'];
const ofMember = [...ofSender, 'message/not-a-member', 'message/other-roster'];
const ofSeat = [...ofSender, 'message/unknown-seat'];
const stored = ['storage/full'];
const ofKeys = ['key/not-canonical', 'key/low-order'];

const ATTEMPT = '/v1/jobs/{job}/rounds/{round}/attempts/{attempt}';

/** What all of them have in common. */
const message = {
  method: 'post',
  tag: 'messages',
  parameters: { path: attemptPath, query: none, headers: none },
  answer: {
    kind: 'json',
    schema: accepted,
    description: 'The message is held, durably; sent again it is answered the same.',
    paged: false,
  },
  sender: 'message',
  caching: 'none',
  deprecated: null,
} as const;

const body = <Schema extends z.ZodType>(schema: Schema, limitBytes: number, description: string) =>
  ({ kind: 'json', schema, limitBytes, description }) as const;

export const enrol = {
  ...message,
  path: `${ATTEMPT}/enrolments`,
  summary: 'Enrol a seat',
  description: 'An owner takes part in this attempt, with two fresh public keys (§4.2).',
  body: body(signedEnrolment, MESSAGE_BYTES, "Signed by the seat's operator."),
  problems: [
    ...ofSender,
    ...ofKeys,
    ...stored,
    'storage/no-room',
    'enrolment/conflict',
    'enrolment/deadline',
    'enrolment/duplicate-key',
    'enrolment/duplicate-operator',
    'enrolment/duplicate-owner',
    'enrolment/no-units',
    'enrolment/other-terms',
    'enrolment/unknown-seat',
    'enrolment/wrong-operator',
  ],
} as const satisfies Operation;

export const share = {
  ...message,
  path: `${ATTEMPT}/shares`,
  summary: 'Deal shares',
  description:
    'A member deals its two secrets among its holders: one ciphertext for each, its own place empty (§4.3).',
  body: body(
    sharesUpload,
    LIST_BYTES,
    'What the dealer commits to, signed, and the ciphertexts by ascending holder.',
  ),
  problems: [...ofMember, ...stored, 'shares/ciphertexts', 'shares/conflict', 'shares/root-mismatch'],
} as const satisfies Operation;

export const receive = {
  ...message,
  path: `${ATTEMPT}/receipts`,
  summary: 'Say whose shares can be opened',
  description:
    'A member names the dealers of whom it holds no share that opens and stands under their root (§4.11).',
  body: body(signedReceived, MESSAGE_BYTES, 'Signed by the member.'),
  problems: [...ofMember, ...stored, 'received/conflict', 'received/not-dealers', 'received/other-sharers'],
} as const satisfies Operation;

export const confirm = {
  ...message,
  path: `${ATTEMPT}/confirmations`,
  summary: 'Confirm the survivors',
  description: 'A survivor agrees to the set that is unmasked; it excludes `abort`, for ever (§4.5).',
  body: body(signedConfirm, MESSAGE_BYTES, 'Signed by the member.'),
  problems: [...ofMember, ...stored, 'confirm/conflict', 'confirm/not-a-survivor', 'confirm/other-survivors'],
} as const satisfies Operation;

export const abort = {
  ...message,
  path: `${ATTEMPT}/aborts`,
  summary: 'Abort an attempt',
  description: 'A member will not confirm this attempt. T aborts permit another with the same model (§4.8).',
  body: body(signedAbort, MESSAGE_BYTES, 'Signed by the member.'),
  problems: [...ofMember, ...stored, 'abort/conflict'],
} as const satisfies Operation;

export const unmask = {
  ...message,
  path: `${ATTEMPT}/unmaskings`,
  summary: 'Reveal shares',
  description:
    "A member reveals one share a sharer: of a survivor's seed, or of a dropout's mask secret (§4.6).",
  body: body(unmaskingUpload, LIST_BYTES, 'Signed by the member, with the shares by ascending dealer.'),
  problems: [
    ...ofMember,
    ...stored,
    'unmasking/conflict',
    'unmasking/not-a-sharer',
    'unmasking/off-root',
    'unmasking/order',
    'unmasking/other-shares',
    'unmasking/other-survivors',
    'unmasking/wrong-kind',
  ],
} as const satisfies Operation;

export const attest = {
  ...message,
  path: `${ATTEMPT}/attestations`,
  summary: 'Attest to a proposal',
  description: 'An owner recomputed the round and found it as proposed (§4.7).',
  body: body(attestationUpload, MESSAGE_BYTES, "Signed by the seat's operator."),
  problems: [...ofSeat, ...stored, 'attestation/conflict', 'attestation/other-proposal'],
} as const satisfies Operation;

export const approve = {
  ...message,
  path: `${ATTEMPT}/approvals`,
  summary: 'Approve a proposal',
  description: 'The buyer agrees to a round, which shortens its challenge window (§5.3).',
  body: body(approvalUpload, APPROVAL_BYTES, 'Signed by the buyer: by a key, or as a contract by ERC-1271.'),
  problems: [
    ...ofSender,
    ...stored,
    'approval/conflict',
    'approval/other-proposal',
    'chain/busy',
    'chain/unreachable',
  ],
} as const satisfies Operation;

export const refuse = {
  ...message,
  path: `${ATTEMPT}/refusals`,
  summary: 'Refuse a proposal',
  description: 'An owner recomputed the round and found something else; the reason is for people (§4.7).',
  body: body(signedRefusal, MESSAGE_BYTES, "Signed by the seat's operator."),
  problems: [...ofSeat, ...stored, 'refusal/conflict', 'refusal/other-proposal'],
} as const satisfies Operation;
