/** Looks again and again, and says of what goes wrong only what is new. */
import { setTimeout as delay } from 'node:timers/promises';
import { factsOf, type Log } from './log.ts';

export type Polling = Readonly<{ pollMillis: number; log: Log; signal: AbortSignal }>;

/** Looks until the signal aborts. @param failed what is logged where a look fails */
export async function poll(
  { pollMillis, log, signal }: Polling,
  failed: string,
  look: () => Promise<void>,
): Promise<void> {
  const say = sayOnce(log);
  const isStopped = (): boolean => signal.aborted;
  while (!isStopped()) {
    try {
      await look();
      say.well();
    } catch (error) {
      if (!isStopped()) say.failed({}, error, failed);
    }
    await delay(pollMillis, undefined, { signal }).catch(() => undefined);
  }
}

/** A log that keeps quiet about what it has just said. */
export type Say = Readonly<{
  /** Whatever was wrong is over: it is said again if it comes back. */
  well(): void;
  failed(facts: object, error: unknown, message: string): void;
  error(facts: object, message: string): void;
}>;

export function sayOnce(log: Log): Say {
  let said = '';
  const once = (what: string, say: () => void): void => {
    if (what === said) return;
    said = what;
    say();
  };
  return {
    well: () => void (said = ''),
    failed(facts, error, message) {
      const found = factsOf(error);
      const code = 'code' in found ? found.code : found;
      once(JSON.stringify([facts, code, message]), () => log.warn({ ...facts, ...found }, message));
    },
    error(facts, message) {
      once(JSON.stringify([facts, message]), () => log.error(facts, message));
    },
  };
}
