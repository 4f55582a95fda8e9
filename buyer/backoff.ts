/** Waiting for what is away: coordinator, chain, IPFS, space on the disk. */
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';

export type Patience = Readonly<{
  /** Milliseconds before the second try, doubled for each one after it. */
  firstMillis: number;
  longestMillis: number;
  /** Between two looks at what has not changed. */
  pollMillis: number;
  signal: AbortSignal;
}>;

/** An absence passes by itself, a restart too; what is wrong stays so. */
const passing =
  /^coordinator\/(unreachable|bad-answer|internal)$|^chain\/(unreachable|failed|behind|broken-history|busy)$|^ipfs\/(unreachable|refused|not-found)$|^database\/unreachable$|^(attempt|job)\/unknown$|^storage\/full$|^request\/(rate-limited|too-slow)$|^evidence\/unreachable$/;

/** Whether to try again. */
export const passes = (error: unknown): error is TributaryError =>
  error instanceof TributaryError && passing.test(error.code);

/** @throws what the signal aborts with */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(milliseconds, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
