/** A process that serves until it is told to stop, and then leaves nothing behind. */

/** Set by a parent whose end must be this process's too: the pipe on standard input closes even after kill -9. */
export const UNTIL_STDIN_ENDS = 'TRIBUTARY_UNTIL_STDIN_ENDS';

/** Time to tidy once the parent is gone; who still runs then is in nobody's care. */
const ORPHAN_MILLIS = 8_000;

/**
 * Aborts at the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once.
 *
 * @param rereads whether SIGHUP is a service's that reads its files again at it: then it ends nothing
 */
export function untilStopped({ rereads = false } = {}): AbortSignal {
  const stop = new AbortController();
  const stopping = ['SIGINT', 'SIGTERM', ...(rereads ? [] : (['SIGHUP'] as const))] as const;
  for (const name of stopping) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  if (process.env[UNTIL_STDIN_ENDS] === '1') stopWithParent(stop);
  return stop.signal;
}

function stopWithParent(stop: AbortController): void {
  const orphaned = () => {
    stop.abort();
    setTimeout(() => process.exit(1), ORPHAN_MILLIS).unref();
  };
  process.stdin.once('end', orphaned).once('error', orphaned).resume();
  // A stop by signal must not wait for the parent's pipe.
  stop.signal.addEventListener('abort', () => process.stdin.destroy(), { once: true });
  // Nobody reads what is said any more; that is no reason to fall over before all is tidy.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
