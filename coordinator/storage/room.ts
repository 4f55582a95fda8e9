/**
 * Whether there is room for what a round will bring, before its members send any of it: free bytes of the disk, and the quotas of the
 * operations policy. docs/operations.md
 */
import { TributaryError } from '#crypto/error.ts';
import { RetryAfter } from '../gate/retry-after.ts';
import type { OperationsPolicy } from '../operations/schema.ts';
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import { bytesToCome } from './need.ts';
import type { Usage } from './usage.ts';

export type RoomParts = Readonly<{
  /** Bytes that can still be written; null where nobody can say. */
  free(): Promise<number | null>;
  usage(): Promise<Usage>;
  policy(): OperationsPolicy['storage'];
  /** The present attempts of all active jobs. */
  states(): readonly Attempt[];
  /** Told of each refusal. */
  refused(what: Stage): void;
}>;

/** A round that begins leaves room for those under way; one that is under way has only itself to think of. */
export type Stage = 'enrolment' | 'input';

export type Room = Readonly<{
  /** Null where there is room; else `storage/no-room`, whose cause says when to try again. */
  lacking(state: Attempt, stage: Stage): Promise<TributaryError | null>;
  /** For `/metrics`. */
  figures(): Promise<Readonly<{ free: number | null; kept: number; reserved: number }>>;
}>;

/** Nothing else makes room than an operator, or time. */
const AGAIN_MILLIS = 15_000;

export function createRoom({ free, usage, policy, states, refused }: RoomParts): Room {
  const others = (state: Attempt): number =>
    states()
      .filter((other) => idOf(other).job !== idOf(state).job)
      .reduce((sum, other) => sum + bytesToCome(other), 0);

  async function why(state: Attempt, stage: Stage): Promise<string | null> {
    const { freeBytes, bytes, jobBytes } = policy();
    const own = bytesToCome(state);
    const wanted = own + (stage === 'enrolment' ? others(state) : 0);
    const left = await free();
    if (left !== null && left - freeBytes < wanted)
      return `${wanted} bytes are to come, ${Math.max(0, left - freeBytes)} are free`;
    if (bytes === null && jobBytes === null) return null;
    const used = await usage();
    const { job } = idOf(state);
    const ofJob = (used.get(job) ?? 0) + own;
    if (jobBytes !== null && ofJob > jobBytes) return `job ${job} would have ${ofJob} bytes, of ${jobBytes}`;
    const ofAll = sum(used) + wanted;
    return bytes !== null && ofAll > bytes ? `all jobs would have ${ofAll} bytes, of ${bytes}` : null;
  }

  return {
    async lacking(state, stage) {
      const reason = await why(state, stage);
      if (reason === null) return null;
      refused(stage);
      return new TributaryError(
        'storage/no-room',
        `the coordinator has no room for this round now: ${reason}; send the same again later`,
        { cause: new RetryAfter(AGAIN_MILLIS) },
      );
    },
    figures: async () => ({
      free: await free(),
      kept: sum(await usage()),
      reserved: states().reduce((total, state) => total + bytesToCome(state), 0),
    }),
  };
}

const sum = (used: Usage): number => [...used.values()].reduce((total, bytes) => total + bytes, 0);
