/** A job that is taken up again is held against the chain first: records that were restored may be older. docs/operations.md */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt, AttemptEvent } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { LookAhead } from '../settlement/overtaken.ts';
import { pause, type Clock } from './clock.ts';
import type { Log } from './log.ts';
import { sayOnce } from './poll.ts';

export type OvertakenParts = Readonly<{
  signal: AbortSignal;
  state(): Attempt;
  feed(id: AttemptId, event: AttemptEvent): Promise<unknown>;
  look: LookAhead;
  clock: Clock;
  log: Log;
}>;

const AGAIN_SECONDS = 2;

/** Asks until the chain has answered. @returns whether it has: then what the state asks for may be done */
export async function endIfOvertaken(parts: OvertakenParts): Promise<boolean> {
  const { look, clock, log, signal, state, feed } = parts;
  const say = sayOnce(log);
  while (!signal.aborted) {
    const id = idOf(state());
    try {
      const reason = await look(state());
      if (reason !== null) {
        log.warn(
          { ...id, reason },
          'overtaken: the attempt ends here, and the job goes on where the chain is',
        );
        await feed(id, { type: 'overtaken', reason });
      }
      return true;
    } catch (error) {
      say.failed(id, error, 'whether the chain has gone on without these records can not be told now');
    }
    await pause(clock, AGAIN_SECONDS, signal);
  }
  return false;
}
