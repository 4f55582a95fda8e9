/** Wakes who waits for news of a job, as long as its coordinator's stream of events is to be had. docs/api.md */
import type { CoordinatorApi } from './coordinator-api.ts';
import { pause } from './pause.ts';

export type JobNews = Readonly<{
  /** Whether news come: else ask by a long poll. Waits a moment for a stream that has just begun. */
  live(): Promise<boolean>;
  /** How much there was: asked before one reads, so that news during the read are not missed. */
  count(): number;
  /** Resolves once there was more than this, no more comes, or after so long. */
  after(count: number, millis: number): Promise<void>;
  /** Ends the stream. */
  close(): void;
}>;

/** A proxy that keeps back what is not much says nothing for so long. */
const OPENING_MILLIS = 3_000;

/**
 * @param ends closes it too
 * @param failed told why there will be no news at all
 */
export function followNews(
  api: Pick<CoordinatorApi, 'events'>,
  job: number,
  ends: AbortSignal,
  failed: (error: unknown) => void,
): JobNews {
  const closing = new AbortController();
  const signal = AbortSignal.any([ends, closing.signal]);
  let live = false;
  let count = 0;
  let changed = new AbortController();
  const begun = new AbortController();
  const change = (): void => {
    changed.abort();
    changed = new AbortController();
  };
  const connected = (up: boolean): void => {
    live = up;
    begun.abort();
    change();
  };
  const follow = async (): Promise<void> => {
    try {
      for await (const event of api.events(job, { signal, connected })) {
        // What it says is not believed: it is a reason to read.
        if (event.job === job) count += 1;
        change();
      }
    } catch (error) {
      if (!signal.aborted) failed(error);
    } finally {
      connected(false);
    }
  };
  void follow();
  const opening = pause(OPENING_MILLIS, begun.signal);
  return {
    async live() {
      await opening;
      return live;
    },
    count: () => count,
    async after(seen, millis) {
      if (count <= seen && live) await pause(millis, changed.signal);
    },
    close: () => closing.abort(),
  };
}
