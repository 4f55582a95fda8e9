/** How long a refusal asks to wait: the cause of an error that says so. RFC 9110 §10.2.3 */

const MILLIS = 1_000;

export class RetryAfter extends Error {
  readonly seconds: number;

  constructor(millis: number) {
    const seconds = Math.max(1, Math.ceil(millis / MILLIS));
    super(`in ${seconds} s`);
    this.seconds = seconds;
  }
}

/** Of trouble that says nothing of its length. */
const USUAL_SECONDS = 5;

/** Whole seconds, at least one. */
export const secondsToWait = (error: Error): number =>
  error.cause instanceof RetryAfter ? error.cause.seconds : USUAL_SECONDS;
