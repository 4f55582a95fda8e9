/** How long evidence is kept: until its round is final, and then for as long as the job's terms say. protocol.md §6.4 */
import { retentionSeconds, type EvidenceTerms } from '#protocol/evidence-terms.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { pause, type Clock } from './driver/clock.ts';
import { factsOf, type Log } from './driver/log.ts';
import type { Attempt } from './round/attempt.ts';
import type { KeptEvidence } from './store/evidence-blocks.ts';

/** What the chain says of a job, as far as its evidence hangs on it. */
export type Finality = Readonly<{
  /** The latest block's time: windows are the chain's, whatever this machine's clock says. */
  chainTime: number;
  /** From this second on no round is settled. */
  cutoff: number;
  /** A round that is settled is final after at most so many seconds. */
  longWindow: number;
  /** First round that an open dispute holds up; zero for none. */
  frozenFrom: number;
  /** From the second `readyAt` on a round is final. */
  settlements: readonly Readonly<{ round: number; readyAt: number }>[];
}>;

export type RetentionParts = Readonly<{
  evidence: KeptEvidence;
  /** An attempt as it is on disk; null where the database does not know it. */
  attempt(id: AttemptId): Promise<Attempt | null>;
  /** @throws TributaryError where the chain can't be read: then nothing of the job is deleted */
  finalityOf(job: number): Promise<Finality>;
  /** Whether this coordinator, of several, has the job. */
  isMine(job: number): boolean;
  clock: Clock;
  log: Log;
}>;

const SWEEP_SECONDS = 3_600;
const over: ReadonlySet<Attempt['phase']> = new Set(['settled', 'aborted', 'failed']);

/**
 * The second from which on an attempt's evidence may go; never while a dispute is open that may need it. A round that is not settled may be until the cutoff. Terms
 * that let it go while a round can be challenged are refused before a job is taken on; they would not count here either.
 */
export function keptUntil(
  { round }: Pick<AttemptId, 'round'>,
  terms: EvidenceTerms,
  { cutoff, longWindow, frozenFrom, settlements }: Omit<Finality, 'chainTime'>,
): number {
  if (frozenFrom !== 0 && round >= frozenFrom) return Infinity;
  const settled = settlements.find((one) => one.round === round);
  return (settled?.readyAt ?? cutoff + longWindow) + Math.max(retentionSeconds(terms), longWindow);
}

/** Deletes what need not be kept any more; what is under way, and what can't be judged now, stays. */
export async function sweepEvidence(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const { evidence, clock, log } = parts;
  await evidence.finishRemovals();
  const finalityOf = onceEach(parts.finalityOf);
  for (const id of await evidence.attempts()) {
    if (signal.aborted) return;
    if (!parts.isMine(id.job)) continue;
    try {
      const state = await parts.attempt(id);
      if (state === null) {
        log.warn(id, 'evidence kept: the database knows no such attempt; restore it, or delete the folder');
        continue;
      }
      if (!over.has(state.phase)) continue;
      const finality = await finalityOf(id.job);
      // Both clocks must agree that it is time: one that runs ahead would destroy what nobody can bring back.
      const now = Math.min(clock.now(), finality.chainTime);
      if (now < keptUntil(id, state.rules.evidence, finality)) continue;
      await evidence.remove(id);
      log.info(id, 'evidence deleted: its time is over');
    } catch (error) {
      log.warn({ ...id, ...factsOf(error) }, 'evidence kept: whether its time is over can not be told now');
    }
  }
}

/** Sweeps now and every hour, until the signal aborts. */
export async function keepSweeping(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sweepEvidence(parts, signal).catch((error: unknown) =>
      parts.log.warn(factsOf(error), 'evidence could not be swept; trying again'),
    );
    await pause(parts.clock, SWEEP_SECONDS, signal);
  }
}

/** A job's chain is read once a sweep, whatever number of its rounds is on disk. */
function onceEach<T>(read: (job: number) => Promise<T>): (job: number) => Promise<T> {
  const found = new Map<number, Promise<T>>();
  return (job) => {
    const asked = found.get(job) ?? read(job);
    found.set(job, asked);
    return asked;
  };
}
