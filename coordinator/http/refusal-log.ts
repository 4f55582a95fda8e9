/**
 * The log's lines about requests that were refused or failed: whoever sends many of them must not fill the disk. So many a minute are
 * written; how many more there were is one line, with the first request after that minute.
 */
import type { Log } from '../driver/log.ts';

type Level = 'info' | 'error';
export type RefusalLog = Readonly<Record<Level, (facts: object, message: string) => void>>;

const MINUTE_MILLIS = 60_000;
/** At 400 bytes each some 350 MB a day at the very worst, of either level. */
const LINES_PER_MINUTE = 600;

/** @param now milliseconds, of a clock that never goes back */
export function refusalLog(
  log: Log,
  now: () => number = () => performance.now(),
  most = LINES_PER_MINUTE,
): RefusalLog {
  const at = (level: Level) => {
    let [began, written, left] = [now(), 0, 0];
    return (facts: object, message: string): void => {
      if (now() - began >= MINUTE_MILLIS) {
        if (left > 0) log.warn({ left, level }, 'more requests were refused or failed than are logged');
        [began, written, left] = [now(), 0, 0];
      }
      if (written >= most) left += 1;
      else {
        written += 1;
        log[level](facts, message);
      }
    };
  };
  return { info: at('info'), error: at('error') };
}
