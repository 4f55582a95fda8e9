/** Waiting for what is away: coordinator, chain, IPFS, disk space. protocol.md §4 */
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';
import { retryAfterOf } from '#protocol/http/retry-after.ts';
import type { Log } from './log.ts';

export type Patience = Readonly<{
  /** Milliseconds before the second try, doubled for each one after it. */
  first: number;
  longest: number;
  signal: AbortSignal;
  log: Log;
  /** Seconds until what is tried is too late; by default there is no end. A coordinator that asks to wait is waited for until then. */
  left?: () => number;
}>;

/** What a coordinator may ask for by `Retry-After`. */
const LONGEST_ASKED_SECONDS = 300;
const MILLIS = 1_000;

/** What waiting does not mend. */
const hopeless =
  /^(journal\/(damaged|unreadable|decided)|data\/|commitment\/|client\/|descriptor\/|deployment\/|chain\/other-chain)/;

/**
 * Tries until it works, and says once for each reason why it waits.
 *
 * @throws what the signal aborts with; errors that are not TributaryErrors; those that waiting does not mend
 */
export async function persist<T>(
  task: () => Promise<T>,
  { first, longest, signal, log, left = () => Infinity }: Patience,
): Promise<T> {
  let said = '';
  for (let wait = first; ; wait = Math.min(wait * 2, longest)) {
    signal.throwIfAborted();
    try {
      const result = await task();
      if (said) log.info({ code: said }, 'going on');
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TributaryError) || hopeless.test(error.code)) throw error;
      if (error.code !== said) log.warn({ code: error.code }, `${error.message} (trying again)`);
      said = error.code;
      await pause(Math.max(wait, askedMillis(error, left())), signal);
    }
  }
}

/** As long as the coordinator asks, and up to a quarter more, so that not all come back at once; not past the end. */
function askedMillis(error: TributaryError, left: number): number {
  const asked = Math.min(retryAfterOf(error) ?? 0, LONGEST_ASKED_SECONDS) * (1 + Math.random() / 4);
  return MILLIS * (left > 0 ? Math.min(asked, left) : asked);
}

/** @throws what the signal aborts with */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
