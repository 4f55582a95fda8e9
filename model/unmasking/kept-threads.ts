/** Workers that outlive a sum: starting two and loading their code takes as long as some rounds' whole work. protocol.md §6.4 */
import { type OpenThreads, startWorkers, threadsOf, workerFile } from './threads.ts';
import type { WorkerThread } from './worker-thread.ts';

export type KeptThreads = Readonly<{
  open: OpenThreads;
  /** Ends those that no sum has, and from here on each that is let go of. */
  close(): Promise<void>;
}>;

/** A worker that nothing needs for so long ends: what it still holds of memory is given back. */
const IDLE_MILLIS = 60_000;

/** @param most so many are kept; where sums overlap there may be more for a while */
export function keptThreads(file = workerFile, most = 8, idleMillis = IDLE_MILLIS): KeptThreads {
  const idle = new Map<WorkerThread, NodeJS.Timeout>();
  let closed = false;

  const takeIdle = (count: number): WorkerThread[] => {
    const taken: WorkerThread[] = [];
    for (const [worker, timer] of idle) {
      if (taken.length === count) break;
      clearTimeout(timer);
      idle.delete(worker);
      if (worker.isFree()) taken.push(worker);
    }
    for (const worker of taken) worker.hold(true);
    return taken;
  };

  const release = async (worker: WorkerThread): Promise<void> => {
    // After a failure there may be orders left that nobody waits for.
    if (closed || idle.size >= most || !worker.isFree()) return worker.end();
    worker.hold(false);
    const end = (): void => {
      idle.delete(worker);
      void worker.end();
    };
    idle.set(worker, setTimeout(end, idleMillis).unref());
  };

  return {
    async open(shape, workers) {
      const taken = takeIdle(workers);
      const started = await startWorkers(workers - taken.length, file);
      return threadsOf(shape, [...taken, ...started], release);
    },
    async close() {
      closed = true;
      await Promise.all(takeIdle(idle.size).map((worker) => worker.end()));
    },
  };
}
