/** What a watch says, and what its parts work with. protocol.md §4.7 */
import type { ChallengeRules } from '#contracts/postings/challenge.ts';
import type { PostingEvent } from '#contracts/postings/events.ts';
import { TributaryError } from '#crypto/error.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { Patience } from './backoff.ts';
import type { JobState } from './job-state.ts';
import type { Evaluating, RoundReport } from './rounds.ts';
import type { BuyerSetting } from './setting.ts';

export type WatchEvent =
  | Readonly<{ kind: 'round'; report: RoundReport }>
  | Readonly<{ kind: 'phase'; id: AttemptId; phase: AttemptView['phase'] }>
  | Readonly<{ kind: 'approved'; id: AttemptId; manifest: Bytes32; evidence: string }>
  | Readonly<{ kind: 'refused'; id: AttemptId; flaw: Flaw }>
  /** Of the watch over posted rounds. */
  | Readonly<{ kind: 'posting'; posting: PostingEvent }>
  /** Something is away or not to be had: said once, and tried again. */
  | Readonly<{ kind: 'waiting'; code: string; message: string }>
  | Readonly<{ kind: 'finished'; settled: number; rounds: number }>;

export type Events<T = void> = AsyncGenerator<WatchEvent, T, undefined>;

export type WatchOptions = Readonly<{
  job: number;
  evaluating: Evaluating;
  patience: Patience;
  /** What it does about a posted round that is false; by default it challenges it as the buyer. */
  challenges?: ChallengeRules;
  /** Stands in for HTTP in tests. */
  connect?: (url: string, signal: AbortSignal) => CoordinatorApi;
  /** Seconds since the epoch. */
  now?: () => number;
}>;

/** What the parts of a watch work with: the job as it was read last. */
export type Watching = BuyerSetting &
  Required<WatchOptions> &
  Readonly<{ api: CoordinatorApi; state: JobState }>;

/** @throws what has no code: a bug */
export function waiting(error: unknown): WatchEvent {
  if (!(error instanceof TributaryError)) throw error;
  return { kind: 'waiting', code: error.code, message: error.message };
}
