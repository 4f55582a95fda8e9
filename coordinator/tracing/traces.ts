/**
 * Which trace is followed: from the request that began something to the calls and log lines that come of it.
 * https://www.w3.org/TR/trace-context/ docs/operations-observability.md
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { TRACEPARENT, traceparentOf, type Trace } from '#protocol/http/traceparent.ts';
import type { Clock } from '../driver/clock.ts';
import type { Log } from '../driver/log.ts';

const followed = new AsyncLocalStorage<Trace>();

export const follow = <T>(trace: Trace, run: () => T): T => followed.run(trace, run);
export const currentTrace = (): Trace | null => followed.getStore() ?? null;

/** What a call to another service says of the trace; nothing where none is followed. */
export function traceHeaders(): Record<string, string> {
  const trace = currentTrace();
  return trace ? { [TRACEPARENT]: traceparentOf(trace) } : {};
}

/** A log whose lines name the trace that they belong to. */
export function tracedLog(log: Log): Log {
  const named = (facts: object): object => {
    const trace = currentTrace();
    return trace ? { ...facts, traceId: trace.traceId } : facts;
  };
  return {
    info: (facts, message) => log.info(named(facts), message),
    warn: (facts, message) => log.warn(named(facts), message),
    error: (facts, message) => log.error(named(facts), message),
  };
}

/** A clock whose timers follow nothing: what happens at a deadline is not the doing of whoever sent the last message. */
export const untracedClock = (clock: Clock): Clock => ({
  now: () => clock.now(),
  after: (seconds, run) => clock.after(seconds, () => followed.exit(run)),
});
