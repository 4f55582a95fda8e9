/** Time, passed in so that a test can move it. */
import { toSeconds, type Seconds } from '#protocol/units.ts';

export type Clock = Readonly<{
  now(): Seconds;
  /** Runs something once, later. @returns what cancels it */
  after(seconds: number, run: () => void): () => void;
}>;

export const systemClock: Clock = {
  now: () => toSeconds(Math.floor(Date.now() / 1000)),
  after(seconds, run) {
    const timer = setTimeout(run, seconds * 1000);
    // What keeps the process up is the server.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Waits, or until the signal aborts. */
export const pause = (clock: Clock, seconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(seconds, end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
