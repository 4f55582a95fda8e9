/** When a message that was not taken is tried again: ever later, for about a day. docs/api.md */

const FIRST_SECONDS = 5;
const FACTOR = 4;
const LONGEST_SECONDS = 6 * 3_600;
/** After the first try. With the waits between them, 25 hours and a half. */
export const RETRIES = 10;

/**
 * Seconds until the next try.
 *
 * @param failed how many tries have failed, at least one
 * @param random from 0 to 1: a fifth less to a fifth more, so that what failed together is not tried together
 * @param asked seconds that the receiver asked for; it gets no more than the longest wait
 * @returns null when there is none
 */
export function nextTry(failed: number, random: number, asked: number | null): number | null {
  if (failed > RETRIES) return null;
  const wait = Math.min(FIRST_SECONDS * FACTOR ** (failed - 1), LONGEST_SECONDS) * (0.8 + 0.4 * random);
  return Math.round(Math.max(wait, Math.min(asked ?? 0, LONGEST_SECONDS)));
}
