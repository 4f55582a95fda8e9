/** How long evidence is kept: until its round is final, and then for as long as the job's terms say. protocol.md §6.4 */
import type { AttemptId } from '#protocol/job-id.ts';
import { pause, type Clock } from './driver/clock.ts';
import { factsOf, type Log } from './driver/log.ts';
import type { KeptEvidence } from './store/evidence-blocks.ts';

/** What terms and chain say of a job, as far as its evidence hangs on it. */
export type Retention = Readonly<{
  /** For so long evidence can be asked for after its round is final. */
  retentionSeconds: number;
  /** From this second on no round is settled. */
  cutoff: number;
  /** From the second `readyAt` on a round is final. */
  settlements: readonly Readonly<{ round: number; readyAt: number }>[];
}>;

export type RetentionParts = Readonly<{
  evidence: KeptEvidence;
  /** @throws TributaryError where chain or terms can't be read: then nothing of the job is deleted */
  retentionOf(job: number): Promise<Retention>;
  clock: Clock;
  log: Log;
}>;

const SWEEP_SECONDS = 3_600;

/** The second from which on an attempt's evidence may go. One of a round that is not settled may be settled until the cutoff. */
export function keptUntil(
  { round }: AttemptId,
  { retentionSeconds, cutoff, settlements }: Retention,
): number {
  const settled = settlements.find((one) => one.round === round);
  return (settled?.readyAt ?? cutoff) + retentionSeconds;
}

/** Deletes what need not be kept any more; what can't be judged now stays. */
export async function sweepEvidence({ evidence, retentionOf, clock, log }: RetentionParts): Promise<void> {
  for (const id of await evidence.attempts()) {
    try {
      if (clock.now() < keptUntil(id, await retentionOf(id.job))) continue;
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
    await sweepEvidence(parts).catch((error: unknown) =>
      parts.log.warn(factsOf(error), 'evidence could not be swept; trying again'),
    );
    await pause(parts.clock, SWEEP_SECONDS, signal);
  }
}
