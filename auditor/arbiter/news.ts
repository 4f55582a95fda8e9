/** What a running arbiter tells. protocol.md §5.6 */
import type { Bytes32 } from '#protocol/units.ts';

/** The disputed posting. */
export type Posting = Readonly<{ job: number; round: number; head: Bytes32 }>;

export type ArbiterNews =
  /** A dispute that this arbiter answers was found; `deadline` is that of the step that it is in. */
  | (Posting & Readonly<{ event: 'disputed'; status: string; deadline: number }>)
  /** Recomputed, and nothing follows yet, or nothing can be said by this arbiter. */
  | (Posting & Readonly<{ event: 'waiting' | 'silent'; why: string; deadline: number }>)
  /** What it is about to send, or would. */
  | (Posting & Readonly<{ event: 'recomputed'; stands: boolean; why: string; deadline: number }>)
  | (Posting & Readonly<{ event: 'judged'; stands: boolean; why: string; transaction: Bytes32 }>)
  /** Ended without a judgement of this process. */
  | (Posting & Readonly<{ event: 'over'; why: string }>)
  | Readonly<{ event: 'withdrawn'; amount: bigint; transaction: Bytes32 }>
  /** Something is away, or the account lacks gas: said once for each reason, and tried again. */
  | Readonly<{ event: 'trouble'; code: string; message: string }>;

export type Tell = (news: ArbiterNews) => void;
