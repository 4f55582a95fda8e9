/**
 * A circuit breaker as a state machine: after so many failures in a row nothing is tried for a while, then one call is, and what
 * becomes of that decides. Nygard 2018, "Release It!" §5; docs/operations-observability.md
 */

export type BreakerTerms = Readonly<{
  /** Failures in a row that open it. */
  failures: number;
  openMillis: number;
}>;

export type Breaker =
  | Readonly<{ state: 'closed'; failures: number }>
  | Readonly<{ state: 'open'; until: number }>
  /** One call is tried, the others are not yet. */
  | Readonly<{ state: 'probing' }>;

/** A call that may be made; whether all depends on it. */
export type Admitted = Readonly<{ breaker: Breaker; probe: boolean }>;

export const closed: Breaker = { state: 'closed', failures: 0 };

/** @param now monotonic milliseconds. @returns null where the call is not to be made */
export function admit(breaker: Breaker, now: number): Admitted | null {
  switch (breaker.state) {
    case 'closed':
      return { breaker, probe: false };
    case 'open':
      return now >= breaker.until ? { breaker: { state: 'probing' }, probe: true } : null;
    case 'probing':
      return null;
    default:
      return breaker satisfies never;
  }
}

/** What follows from a call that ended. One that was admitted before the breaker opened says nothing of now. */
export function ended(
  breaker: Breaker,
  { failures, openMillis }: BreakerTerms,
  call: Readonly<{ probe: boolean; failed: boolean; now: number }>,
): Breaker {
  const open: Breaker = { state: 'open', until: call.now + openMillis };
  if (call.probe) return call.failed ? open : closed;
  if (breaker.state !== 'closed') return breaker;
  if (!call.failed) return closed;
  const counted = breaker.failures + 1;
  return counted >= failures ? open : { state: 'closed', failures: counted };
}
