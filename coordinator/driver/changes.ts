/** Wakes those who wait for a change: the other half of a long poll. */
import type { Clock } from './clock.ts';

export type Changes = Readonly<{
  /** Something changed. */
  announce(): void;
  /** How many there were: asked before one looks, so that a change during the look is not missed. */
  count(): number;
  /** Resolves once there were more than these, after so many seconds, or when the signal aborts. */
  after(count: number, seconds: number, signal: AbortSignal): Promise<void>;
}>;

export function changes(clock: Clock): Changes {
  const waiting = new Set<() => void>();
  let count = 0;
  return {
    count: () => count,
    announce() {
      count += 1;
      for (const wake of [...waiting]) wake();
    },
    after: (seen, seconds, signal) =>
      new Promise((resolve) => {
        if (count > seen || signal.aborted) {
          resolve();
          return;
        }
        const wake = () => {
          waiting.delete(wake);
          cancel();
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const cancel = clock.after(seconds, wake);
        waiting.add(wake);
        signal.addEventListener('abort', wake);
      }),
  };
}
