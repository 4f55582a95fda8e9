/** How an owner's client reaches coordinators: by the URL of a job's signed terms, and aloud where that is without TLS. */
import { answeredTime, type AnsweredTime } from '#protocol/http/answered-time.ts';
import { coordinatorApi, type CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { plainConnection } from '#protocol/http/plain-connection.ts';
import type { Log } from './log.ts';
import type { Setting } from './setting.ts';

type Reached = Readonly<{ api: CoordinatorApi; time: AnsweredTime }>;

/** One of each URL; what there is to say of it is said once. Its answers say what time it is there. */
export function reaching(log: Log, signal: AbortSignal): Pick<Setting, 'coordinator' | 'timeAt'> {
  const reached = new Map<string, Reached>();
  const reach = (url: string): Reached => {
    const known = reached.get(url);
    if (known) return known;
    const plain = plainConnection(url);
    if (plain !== null) log.warn({}, plain);
    const time = answeredTime();
    const made = { time, api: coordinatorApi(url, signal, time.heard) };
    reached.set(url, made);
    return made;
  };
  return { coordinator: (url) => reach(url).api, timeAt: (url) => reach(url).time.now() };
}
