/** An attempt's views as they change: woken by the job's events, and where there are none, by a long poll. docs/api.md */
import type { AttemptView } from '../attempt-view.ts';
import type { AttemptId } from '../job-id.ts';
import type { CoordinatorApi } from './coordinator-api.ts';
import type { JobNews } from './job-news.ts';

/** The coordinator's view of the attempt: later than a revision, or after so many seconds the same one. */
export type Watch = (after: number | undefined, waitSeconds: number) => Promise<AttemptView>;

/** @param seat whose view of a sparse attempt is wanted */
export function watchAttempt(
  api: Pick<CoordinatorApi, 'attempt'>,
  news: JobNews,
  id: AttemptId,
  seat: number | null = null,
): Watch {
  let read = 0;
  return async (after, seconds) => {
    const woken = after !== undefined && (await news.live());
    if (woken) await news.after(read, seconds * 1_000);
    read = news.count();
    return woken ? api.attempt(id, undefined, 0, seat) : api.attempt(id, after, seconds, seat);
  };
}
