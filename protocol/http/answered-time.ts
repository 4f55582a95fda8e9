/** What time it is where answers come from: a deadline is a moment of the clock that set it. RFC 9110 §6.6.1; protocol.md §4 */

export type AnsweredTime = Readonly<{
  /** Told of each answer's headers. One without a time, or with none that can be read, changes nothing. */
  heard(headers: Headers): void;
  /** Whole Unix seconds by the last answer, gone on since; by this machine's clock before there is one. */
  now(): number;
}>;

/**
 * @param clock milliseconds since the epoch, as this machine has them
 * @param ticks milliseconds of a clock that nobody sets
 */
export function answeredTime(clock = () => Date.now(), ticks = () => performance.now()): AnsweredTime {
  let answered: Readonly<{ millis: number; at: number }> | null = null;
  return {
    heard(headers) {
      const millis = Date.parse(headers.get('date') ?? '');
      if (!Number.isNaN(millis)) answered = { millis, at: ticks() };
    },
    now: () => Math.floor((answered === null ? clock() : answered.millis + ticks() - answered.at) / 1000),
  };
}
