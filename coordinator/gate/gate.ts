/**
 * Keeps requests from piling up behind something that is slow or away: so many calls at a time, so many that wait, and none while
 * the breaker is open. docs/operations-observability.md
 */
import { TributaryError } from '#crypto/error.ts';
import { within } from '../within.ts';
import { admit, closed, ended, type BreakerTerms } from './breaker.ts';
import { RetryAfter } from './retry-after.ts';

export type GateTerms = BreakerTerms &
  Readonly<{
    /** Calls at a time. */
    concurrency: number;
    /** Calls that wait for their turn; one more is refused. */
    waiting: number;
    /** A call that takes longer failed. */
    timeoutMillis: number;
  }>;

export type GateParts = Readonly<{
  terms: GateTerms;
  /** Whether an error means that it is away, and not that it said no. */
  isAway: (error: unknown) => boolean;
  /** The code of a refusal, and the error of a call that took too long. */
  busy: string;
  late: () => Error;
  /** Monotonic milliseconds. */
  now?: () => number;
}>;

export type Gate = Readonly<{
  /** @throws TributaryError `busy`, whose cause says when to try again; what the call throws */
  run<T>(call: () => Promise<T>): Promise<T>;
  isClosed(): boolean;
}>;

/** When there may be a place again, where all are taken. */
const SOON_MILLIS = 1_000;

export function createGate({ terms, isAway, busy, late, now = () => performance.now() }: GateParts): Gate {
  let breaker = closed;
  let active = 0;
  const queue: (() => void)[] = [];
  const refusal = (millis: number): TributaryError =>
    new TributaryError(busy, 'too much waits for an answer already, or none came lately: try again later', {
      cause: new RetryAfter(millis),
    });

  function admitted(): Readonly<{ probe: boolean }> {
    const passed = admit(breaker, now());
    if (passed === null) throw refusal(breaker.state === 'open' ? breaker.until - now() : SOON_MILLIS);
    ({ breaker } = passed);
    return passed;
  }

  async function called<T>(call: () => Promise<T>): Promise<T> {
    const { probe } = admitted();
    let failed = false;
    try {
      return await within(terms.timeoutMillis, call(), late);
    } catch (error) {
      failed = isAway(error);
      throw error;
    } finally {
      breaker = ended(breaker, terms, { probe, failed, now: now() });
    }
  }

  async function turn(): Promise<void> {
    if (active >= terms.concurrency) {
      if (queue.length >= terms.waiting) throw refusal(SOON_MILLIS);
      // Whoever ends hands its place on.
      await new Promise<void>((resolve) => queue.push(resolve));
    } else active += 1;
  }

  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else active -= 1;
  }

  return {
    async run(call) {
      await turn();
      try {
        return await called(call);
      } finally {
        leave();
      }
    },
    isClosed: () => breaker.state === 'closed',
  };
}
