/** How long a refusal asks to wait. RFC 9110 §10.2.3 */
import type { TributaryError } from '#crypto/error.ts';

const asked = new WeakMap<Error, number>();
const MILLIS = 1_000;
/** Beyond it a header is nonsense, or malice. */
const LONGEST_SECONDS = 24 * 3_600;

/** Seconds or a date; null for anything else. @param now milliseconds since the epoch */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - now) / MILLIS;
  return Number.isFinite(seconds) && /\d/.test(text) ? Math.min(Math.max(seconds, 0), LONGEST_SECONDS) : null;
}

/** Notes with a refusal what its answer said; the same error. */
export function asking(error: TributaryError, headers: Headers): TributaryError {
  const seconds = parseRetryAfter(headers.get('retry-after'), Date.now());
  if (seconds !== null) asked.set(error, seconds);
  return error;
}

/**
 * Seconds that the coordinator asks to wait before the same is sent again, a day at most.
 *
 * @returns null where it does not say, or the error is no refusal of a coordinator's
 */
export const retryAfterOf = (error: unknown): number | null =>
  error instanceof Error ? (asked.get(error) ?? null) : null;
