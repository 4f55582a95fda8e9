/** One read for all who ask for the same at once: a change wakes a whole cohort. */
import type { EventRows, NumberedEvent } from '../store/job-events.ts';

/** @param seen how many changes there were: what was asked for before another is no answer to who asks after it */
export type ReadEvents = (
  job: number,
  number: number,
  limit: number,
  seen: number,
) => Promise<NumberedEvent[]>;

export function sharedReads(rows: Pick<EventRows, 'after'>): ReadEvents {
  const underWay = new Map<string, Promise<NumberedEvent[]>>();
  return (job, number, limit, seen) => {
    const key = [job, number, limit, seen].join('/');
    const known = underWay.get(key);
    if (known) return known;
    const reading = rows.after(job, number, limit).finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}
