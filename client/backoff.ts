/** Waiting for what is away: coordinator, chain, IPFS, disk space. protocol.md §4 */
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';
import type { Log } from './log.ts';

export type Patience = Readonly<{
  /** Milliseconds before the second try, doubled for each one after it. */
  first: number;
  longest: number;
  signal: AbortSignal;
  log: Log;
}>;

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
  { first, longest, signal, log }: Patience,
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
      await pause(wait, signal);
    }
  }
}

/** @throws what the signal aborts with */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
