/**
 * A time after which a wait is given up, beside other reasons to. In place of `AbortSignal.any` over `AbortSignal.timeout`: Node's
 * garbage collector takes such a timeout away before it fires, and what waits on a silent connection then waits on
 * (https://github.com/nodejs/node/issues/57736).
 */

export type TimeLimit = Readonly<{
  /** Aborts with a `TimeoutError`, or with another signal's own reason. */
  signal: AbortSignal;
  /** What was waited for is there: nothing is kept of the limit any more. */
  end(): void;
}>;

/** 2³¹ − 1: what is longer a timer takes for none. */
const LONGEST_MILLIS = 0x7fff_ffff;

/**
 * @param millis cut to 24 days; it does not keep the process up
 * @param others any of which ends the wait sooner; those that are undefined are none
 */
export function timeLimit(millis: number, ...others: readonly (AbortSignal | undefined)[]): TimeLimit {
  const controller = new AbortController();
  const ends: (() => void)[] = [];
  const end = (): void => {
    for (const one of ends.splice(0)) one();
  };
  const abort = (reason: unknown): void => {
    end();
    controller.abort(reason);
  };
  for (const other of others) {
    if (other === undefined) continue;
    if (other.aborted) {
      abort(other.reason);
      return { signal: controller.signal, end };
    }
    const follow = () => abort(other.reason);
    other.addEventListener('abort', follow, { once: true });
    ends.push(() => other.removeEventListener('abort', follow));
  }
  const timer = setTimeout(
    () => abort(new DOMException('it took too long', 'TimeoutError')),
    Math.min(millis, LONGEST_MILLIS),
  );
  (timer as Partial<NodeJS.Timeout>).unref?.();
  ends.push(() => clearTimeout(timer));
  return { signal: controller.signal, end };
}

/** Gives work up when its time is over, or when another signal ends it. @throws what the work rejects with */
export async function inTime<T>(
  millis: number,
  others: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = timeLimit(millis, ...others);
  try {
    return await work(limit.signal);
  } finally {
    limit.end();
  }
}
