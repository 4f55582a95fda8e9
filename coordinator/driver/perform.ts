/** Effects: what is done outside of the state, again and again until it is done. protocol.md §4 */
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt, AttemptEvent, Effect, InnerEvent } from '../round/attempt.ts';
import { idOf, type AttemptRules } from '../round/base.ts';
import type { Aborted } from '../round/aborted.ts';
import type { Agreeing } from '../round/agreeing.ts';
import type { Drawing } from '../round/drawing.ts';
import type { Posting } from '../round/settling.ts';
import type { Unmasking } from '../round/unmasking.ts';
import { pause, type Clock } from './clock.ts';
import type { Log } from './log.ts';
import { sayOnce } from './poll.ts';

/** Each may run again after a crash at any point, and then does the same. Null: the chain is not there yet; ask again. */
export type Performers = Readonly<{
  /** Deletes the vectors that the state has no use for. */
  sweep(state: Attempt): Promise<void>;
  commitRoster(state: Drawing): Promise<InnerEvent | null>;
  fixSurvivors(state: Agreeing): Promise<InnerEvent | null>;
  abortOnChain(state: Aborted): Promise<InnerEvent | null>;
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
  feed(id: AttemptId, event: AttemptEvent): Promise<unknown>;
  begin(ended: AttemptId, rules: AttemptRules | null): Promise<void>;
}>;

const FIRST_WAIT_SECONDS = 0.25;
const LONGEST_WAIT_SECONDS = 30;
/** Between two looks at a chain that makes its blocks as it does. */
const LONGEST_LOOK_SECONDS = 4;

/** The chain is about to change: a round is void and not posted again yet, or stands otherwise while it can be disputed. */
const awaitsChain: readonly string[] = [
  'chain/behind',
  'coordinator/other-posting',
  'escrow/round-out-of-order',
  'lineage/broken-link',
];

/** Performs an effect as long as the state asks for it; failures are logged and tried again, ever later. */
export async function runEffect(effect: Effect, parts: EffectParts): Promise<void> {
  const say = sayOnce(parts.log);
  let wait = FIRST_WAIT_SECONDS;
  while (!parts.signal.aborted && parts.wanted()) {
    const state = parts.state();
    try {
      const done = await perform(effect, state, parts);
      // A sweep is asked for again only by another state.
      if (effect === 'sweep' && state === parts.state()) return;
      if (!done) await pause(parts.clock, wait, parts.signal);
      wait = done ? FIRST_WAIT_SECONDS : Math.min(2 * wait, LONGEST_LOOK_SECONDS);
    } catch (error) {
      say.failed({ ...idOf(parts.state()), effect }, error, 'not done yet; trying again');
      await pause(parts.clock, wait, parts.signal);
      const soon = error instanceof TributaryError && awaitsChain.includes(error.code);
      wait = Math.min(2 * wait, soon ? LONGEST_LOOK_SECONDS : LONGEST_WAIT_SECONDS);
    }
  }
}

/** @returns whether there was nothing to wait for */
async function perform(effect: Effect, state: Attempt, parts: EffectParts): Promise<boolean> {
  const { performers, feed, begin, rounds } = parts;
  const id = idOf(state);
  const tell = async (event: InnerEvent | null): Promise<boolean> => {
    if (event) await feed(id, event);
    return event !== null;
  };
  switch (effect) {
    case 'sweep':
      await performers.sweep(state);
      return true;
    case 'commit-roster':
      return state.phase !== 'drawing' || tell(await performers.commitRoster(state));
    case 'fix-survivors':
      return state.phase !== 'agreeing' || tell(await performers.fixSurvivors(state));
    case 'abort-on-chain':
      return state.phase !== 'aborted' || tell(await performers.abortOnChain(state));
    case 'aggregate':
      return state.phase !== 'unmasking' || tell(await performers.aggregate(state));
    case 'settle':
      return state.phase !== 'settling' || state.step !== 'posting' || tell(await performers.settle(state));
    case 'next-round':
      await begin(
        id,
        id.round < rounds ? await performers.announce({ ...id, round: id.round + 1, attempt: 1 }) : null,
      );
      return true;
    case 'next-attempt':
      await begin(id, await performers.announce({ ...id, attempt: id.attempt + 1 }));
      return true;
    default:
      return effect satisfies never;
  }
}
