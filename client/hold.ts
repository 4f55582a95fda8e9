/** The test hook: a client that stands still at a known point, to be killed there. DESIGN's `TRIBUTARY_HOLD`; protocol.md §4 */
import { TributaryError } from '#crypto/error.ts';
import { LOCAL_CHAIN } from '#contracts/provider.ts';
import type { Phase } from '#protocol/attempt-view.ts';
import type { ActingPhase } from './attempt.ts';

/** A phase, and the only round in which to hold, if not in the first that comes. */
export type Hold = Readonly<{ phase: Phase; round?: number | null }>;

/** Waits for ever at the chosen phase of the chosen round, else not at all. */
export type Holder = (phase: ActingPhase, round: number) => Promise<void>;

/**
 * @param say is told once, as `held: masking round 2`, before the wait
 * @param signal ends the wait by throwing
 * @throws TributaryError `hold/refused` off the local chain
 */
export function holder(
  hold: Hold | null | undefined,
  chainId: number,
  say: (line: string) => void,
  signal: AbortSignal,
): Holder {
  if (!hold) return () => Promise.resolve();
  if (chainId !== LOCAL_CHAIN) {
    throw new TributaryError(
      'hold/refused',
      `a hold is for tests on chain ${LOCAL_CHAIN}, this is ${chainId}`,
    );
  }
  return async (phase, round) => {
    if (phase !== hold.phase || (hold.round ?? round) !== round) return;
    say(`held: ${phase} round ${round}`);
    await untilAborted(signal);
  };
}

/** The timer keeps the process alive: a promise alone does not. */
function untilAborted(signal: AbortSignal): Promise<never> {
  const alive = setInterval(() => undefined, 60_000);
  return new Promise((_, reject) => {
    const stop = () => {
      clearInterval(alive);
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
