/** Wakes those who wait for a change: the other half of a long poll. */
import type { Clock } from './clock.ts';

export type Changes = Readonly<{
  /** Something changed. */
  announce(): void;
  /** Resolves at the next change, after so many seconds, or when the signal aborts. */
  next(seconds: number, signal: AbortSignal): Promise<void>;
}>;

export function changes(clock: Clock): Changes {
  const waiting = new Set<() => void>();
  return {
    announce() {
      for (const wake of [...waiting]) wake();
    },
    next: (seconds, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
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
