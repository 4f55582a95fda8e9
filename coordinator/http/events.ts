/** A job's events over HTTP. docs/api.md */
import type { Operations } from '#protocol/http/operations.ts';
import { followEvents, HEARTBEAT_SECONDS } from '../events/follow.ts';
import { sharedReads } from '../events/shared-reads.ts';
import { streamPlaces } from './limits/streams.ts';
import type { HttpParts } from './parts.ts';
import type { Handler } from './route.ts';

export function jobEvents({
  jobs,
  events: rows,
  clock,
  policy,
}: Pick<HttpParts, 'jobs' | 'events' | 'clock' | 'policy'>): Handler<Operations['events']> {
  const take = streamPlaces(() => policy.current().limits);
  const read = sharedReads(rows);
  return ({ path, query: { wait }, headers, address, gone }) => {
    const driver = jobs.driver(path.job);
    take(address, gone);
    const following = { rows, read, clock, gone, heartbeatSeconds: HEARTBEAT_SECONDS };
    return followEvents(driver, headers['last-event-id'] ?? null, wait, following);
  };
}
