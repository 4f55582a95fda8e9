/** Effects: what is done outside of the state, again and again until it is done. protocol.md §4 */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt, AttemptEvent, Effect, InnerEvent } from '../round/attempt.ts';
import { idOf, type AttemptRules } from '../round/base.ts';
import type { Posting } from '../round/settling.ts';
import type { Unmasking } from '../round/unmasking.ts';
import { pause, type Clock } from './clock.ts';
import { factsOf, type Log } from './log.ts';

/** Each may run again after a crash at any point, and then does the same. */
export type Performers = Readonly<{
  /** Deletes the vectors that the state has no use for. */
  sweep(state: Attempt): Promise<void>;
  aggregate(state: Unmasking): Promise<InnerEvent>;
  settle(state: Posting): Promise<InnerEvent>;
  /** The rules of the next attempt; null where the job has no more. */
  announce(next: AttemptId): Promise<AttemptRules | null>;
}>;

export type EffectParts = Readonly<{
  performers: Performers;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  rounds: number;
  state(): Attempt;
  /** Whether the present state still asks for this effect. */
  wanted(): boolean;
  feed(id: AttemptId, event: AttemptEvent): Promise<void>;
  begin(ended: AttemptId, rules: AttemptRules | null): Promise<void>;
}>;

const FIRST_WAIT_SECONDS = 0.25;
const LONGEST_WAIT_SECONDS = 30;

/** Performs an effect as long as the state asks for it; failures are logged and tried again, ever later. */
export async function runEffect(effect: Effect, parts: EffectParts): Promise<void> {
  let wait = FIRST_WAIT_SECONDS;
  while (!parts.signal.aborted && parts.wanted()) {
    const state = parts.state();
    try {
      await perform(effect, state, parts);
      // A sweep is asked for again only by another state.
      if (effect === 'sweep' && state === parts.state()) return;
      wait = FIRST_WAIT_SECONDS;
    } catch (error) {
      parts.log.warn({ ...idOf(parts.state()), effect, ...factsOf(error) }, 'not done yet; trying again');
      await pause(parts.clock, wait, parts.signal);
      wait = Math.min(2 * wait, LONGEST_WAIT_SECONDS);
    }
  }
}

async function perform(effect: Effect, state: Attempt, parts: EffectParts): Promise<void> {
  const { performers, feed, begin, rounds } = parts;
  const id = idOf(state);
  switch (effect) {
    case 'sweep':
      return performers.sweep(state);
    case 'aggregate':
      if (state.phase === 'unmasking') await feed(id, await performers.aggregate(state));
      return;
    case 'settle':
      if (state.phase === 'settling' && state.step === 'posting')
        await feed(id, await performers.settle(state));
      return;
    case 'next-round':
      return begin(
        id,
        id.round < rounds ? await performers.announce({ ...id, round: id.round + 1, attempt: 1 }) : null,
      );
    case 'next-attempt':
      return begin(id, await performers.announce({ ...id, attempt: id.attempt + 1 }));
    default:
      return effect satisfies never;
  }
}
