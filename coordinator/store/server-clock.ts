/** The server's time, for all coordinators of a database: whatever their machines' clocks say, a deadline is one moment. */
import { toSeconds } from '#protocol/units.ts';
import { systemClock, type Clock } from '../driver/clock.ts';
import type { Query } from './database.ts';

/** Machines' quartz drifts by less than a second a day. */
const LOOK_MILLIS = 60_000;

/** Looked up now, and again until the signal aborts. @throws TributaryError `database/unreachable`, the first time alone */
export async function serverClock(query: Query, signal: AbortSignal): Promise<Clock> {
  let offset = await offsetOf(query);
  // While the server is away, what was known goes on.
  const look = async () => void (offset = await offsetOf(query).catch(() => offset));
  const looking = setInterval(() => void look(), LOOK_MILLIS);
  looking.unref();
  signal.addEventListener('abort', () => clearInterval(looking));
  return { ...systemClock, now: () => toSeconds(Math.floor((performance.now() + offset) / 1000)) };
}

/** From this process's monotonic clock, which nobody sets, to the server's. */
async function offsetOf(query: Query): Promise<number> {
  const asked = performance.now();
  const [row] = await query<{ millis: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::float8 as millis',
  );
  return (row?.millis ?? Number.NaN) - (asked + performance.now()) / 2;
}
