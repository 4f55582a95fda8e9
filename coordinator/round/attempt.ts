/** The attempt: a union over its phases, each with just its own data; and all that can happen to it. protocol.md §4 */
import type {
  Abort,
  ApprovalUpload,
  AttestationUpload,
  Confirm,
  Enrolment,
  Input,
  Refusal as SignedNo,
  SharesUpload,
  Signed,
  UnmaskingUpload,
} from '#protocol/messages.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Aborted } from './aborted.ts';
import type { Announced } from './announced.ts';
import type { Confirming } from './confirming.ts';
import type { Enrolling } from './enrolling.ts';
import type { Failed } from './failed.ts';
import type { Masking } from './masking.ts';
import type { Settled } from './settled.ts';
import type { Attesting, Posting, Result } from './settling.ts';
import type { Sharing } from './sharing.ts';
import type { Unmasking } from './unmasking.ts';

export type Attempt =
  | Announced
  | Enrolling
  | Sharing
  | Masking
  | Confirming
  | Unmasking
  | Attesting
  | Posting
  | Settled
  | Aborted
  | Failed;

/** What owners and the buyer send. */
export type MessageEvent =
  | Readonly<{ type: 'enrolment'; envelope: Signed<Enrolment> }>
  | Readonly<{ type: 'shares'; upload: SharesUpload }>
  | Readonly<{ type: 'input'; envelope: Signed<Input> }>
  | Readonly<{ type: 'confirm'; envelope: Signed<Confirm> }>
  | Readonly<{ type: 'abort'; envelope: Signed<Abort> }>
  | Readonly<{ type: 'unmasking'; upload: UnmaskingUpload }>
  | Readonly<{ type: 'attestation'; upload: AttestationUpload }>
  | Readonly<{ type: 'approval'; upload: ApprovalUpload }>
  | Readonly<{ type: 'refusal'; envelope: Signed<SignedNo> }>;

/** What the coordinator itself brings about. */
export type InnerEvent =
  /** Time has passed: a phase ends if its deadline is over. */
  | Readonly<{ type: 'deadline' }>
  /** The process starts again: members get the whole phase once more. */
  | Readonly<{ type: 'restart' }>
  | Readonly<{ type: 'aggregated'; result: Result }>
  | Readonly<{ type: 'settled'; transaction: Bytes32 }>
  | Readonly<{ type: 'quorum-refused' }>
  | Readonly<{ type: 'failed'; reason: string }>;

export type AttemptEvent = MessageEvent | InnerEvent;

/** What the driver is to do outside of the state; each may be done again. */
export type Effect =
  /** Delete vectors that are no survivor's. */
  | 'sweep'
  /** Restore the secrets, make the sum and what follows from it. */
  | 'aggregate'
  /** Put the round on chain. */
  | 'settle'
  | 'next-round'
  | 'next-attempt';
