/** How an owner's client reaches coordinators: by the URL of a job's signed terms, and aloud where that is without TLS. */
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { plainConnection } from '#protocol/http/plain-connection.ts';
import type { Log } from './log.ts';

/** @returns the API at a URL; what there is to say of one is said once */
export function reaching(log: Log, signal: AbortSignal): (url: string) => CoordinatorApi {
  const reached = new Set<string>();
  return (url) => {
    const plain = reached.has(url) ? null : plainConnection(url);
    reached.add(url);
    if (plain !== null) log.warn({}, plain);
    return coordinatorApi(url, signal);
  };
}
