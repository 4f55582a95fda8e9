/** The attempt: a union over its phases, each with just its own data; and all that can happen to it. protocol.md §4 */
import type {
  Abort,
  ApprovalUpload,
  AttestationUpload,
  Confirm,
  Enrolment,
  Input,
  Received,
  Refusal as SignedNo,
  SharesUpload,
  Signed,
  UnmaskingUpload,
} from '#protocol/messages.ts';
import type { Fault } from '#protocol/fault.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Aborted } from './aborted.ts';
import type { Agreeing } from './agreeing.ts';
import type { Announced } from './announced.ts';
import type { Confirming } from './confirming.ts';
import type { Drawing } from './drawing.ts';
import type { Enrolling } from './enrolling.ts';
import type { Failed } from './failed.ts';
import type { Masking } from './masking.ts';
import type { Receiving } from './receiving.ts';
import type { Settled } from './settled.ts';
import type { Attesting, Posting, Result } from './settling.ts';
import type { Sharing } from './sharing.ts';
import type { Unmasking } from './unmasking.ts';

export type Attempt =
  | Announced
  | Enrolling
  | Drawing
  | Sharing
  | Receiving
  | Masking
  | Confirming
  | Agreeing
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
  | Readonly<{ type: 'received'; envelope: Signed<Received> }>
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
  /** The escrow holds the roster, and its block gives the graph. */
  | Readonly<{ type: 'drawn'; draw: Draw }>
  /** The escrow holds the survivors. */
  | Readonly<{ type: 'agreed' }>
  /** The escrow holds that the attempt is aborted, or nothing of it. */
  | Readonly<{ type: 'chain-aborted' }>
  /** The escrow takes this attempt no further; it may take another. */
  | Readonly<{ type: 'given-up'; reason: string }>
  | Readonly<{ type: 'aggregated'; result: Result }>
  | Readonly<{ type: 'settled'; transaction: Bytes32 }>
  /** The escrow holds the round already, of a time that these records do not reach: they were restored. */
  | Readonly<{ type: 'overtaken'; reason: string }>
  | Readonly<{ type: 'quorum-refused' }>
  /** A dealer's shares restore another secret than it published. */
  | Readonly<{ type: 'fault-proven'; reason: string; fault: Fault }>
  | Readonly<{ type: 'failed'; reason: string }>;

export type AttemptEvent = MessageEvent | InnerEvent;

/** What the driver is to do outside of the state; each may be done again. */
export type Effect =
  /** Delete vectors that are no survivor's. */
  | 'sweep'
  /** Put the roster on chain, and draw the graph. */
  | 'commit-roster'
  /** Put the survivors on chain. */
  | 'fix-survivors'
  /** Say on chain that the attempt is aborted. */
  | 'abort-on-chain'
  /** Restore the secrets, make the sum and what follows from it. */
  | 'aggregate'
  /** Put the round on chain. */
  | 'settle'
  | 'next-round'
  | 'next-attempt';
