/** A job's events, each once and in order, from where a reader left off: read from the rows when it has taken those before. docs/api.md */
import { eventId, parseEventId, type EventPlace, type JobEvent } from '#protocol/job-events.ts';
import type { JobView } from '#protocol/attempt-view.ts';
import type { Changes } from '../driver/changes.ts';
import type { Clock } from '../driver/clock.ts';
import type { EventRows } from '../store/job-events.ts';
import type { ReadEvents } from './shared-reads.ts';

export type Followed = Readonly<{
  view: JobView;
  changes: Changes;
  /** When no more comes of this process. */
  stopping: AbortSignal;
}>;

export type Following = Readonly<{
  rows: Pick<EventRows, 'last'>;
  read: ReadEvents;
  clock: Clock;
  /** Nobody reads any more. */
  gone: AbortSignal;
  /** After the last event, how long it stays silent before it says that it lives. */
  heartbeatSeconds: number;
}>;

export const HEARTBEAT_SECONDS = 15;
/** Events in one piece: what is read ahead of a reader that is slow. */
const PAGE = 100;

/**
 * Pieces of events; an empty one is a sign of life. It holds nothing for its reader but the place where it is.
 *
 * @param resumed the id of the last event that the reader has; null: it begins here
 * @param seconds after which it ends, at the next sign of life; 0: with what there is
 */
export async function* followEvents(
  job: Followed,
  resumed: string | null,
  seconds: number,
  { rows, read, clock, gone, heartbeatSeconds }: Following,
): AsyncGenerator<readonly JobEvent[], void, undefined> {
  const ends = AbortSignal.any([gone, job.stopping]);
  const until = clock.now() + seconds;
  const number = job.view.job;
  const end = async (): Promise<EventPlace> =>
    (await rows.last(number)) ?? { stream: '0'.repeat(12), number: 0 };
  const now = await end();
  const found = resumed === null ? null : placeIn(resumed, now);
  let place = found ?? now;
  if (!found) yield [readAgain(job.view, now, resumed === null ? 'begins' : 'unknown', clock)];
  while (!ends.aborted) {
    const seen = job.changes.count();
    const page = await read(number, place.number, PAGE, seen);
    const [first] = page;
    if (first && first.number !== place.number + 1) {
      place = await end();
      yield [readAgain(job.view, place, 'pruned', clock)];
      continue;
    }
    const last = page.at(-1);
    if (last) {
      place = { ...place, number: last.number };
      yield page.map(({ event }) => event);
      continue;
    }
    const left = until - clock.now();
    if (left <= 0) return;
    await job.changes.after(seen, Math.min(heartbeatSeconds, left), ends);
    if (job.changes.count() === seen) yield [];
  }
}

/** Null for an id that this job never gave. */
function placeIn(resumed: string, now: EventPlace): EventPlace | null {
  const place = parseEventId(resumed);
  return place && place.stream === now.stream && place.number <= now.number ? place : null;
}

type ReadAgain = Extract<JobEvent, { type: 'read-again' }>;

const readAgain = (
  { job, round, attempt }: JobView,
  place: EventPlace,
  reason: ReadAgain['reason'],
  clock: Clock,
): ReadAgain => ({ type: 'read-again', id: eventId(place), job, round, attempt, at: clock.now(), reason });
