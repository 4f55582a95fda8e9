/** The threads among which an unmasking is divided: workers, or this one where they don't pay. protocol.md §6.4 */
import { availableParallelism } from 'node:os';
import type { Shape, SumOrder } from './messages.ts';
import { PartialSum } from './partial-sum.ts';
import { startWorker, type WorkerThread } from './worker-thread.ts';

/** A thread with a partial sum of its own. It takes orders one after another. */
export type SumThread = Readonly<{
  /**
   * Resolves when the order was carried out; for pieces as `WorkerThread`.
   * @throws TributaryError as `PartialSum`
   */
  take(order: SumOrder): Promise<void>;
  /** To be called once: the sum is handed over. */
  words(): Promise<Uint32Array>;
  /** Lets go of the thread; the sum is gone. */
  close(): Promise<void>;
}>;

/** So many threads for one sum of this shape, closed by whoever asked for them; this thread alone for 0. */
export type OpenThreads = (shape: Shape, workers: number) => Promise<readonly SumThread[]>;

/**
 * Words to be added from which on workers pay: they take 50 ms to start (many times that where sources are loaded
 * without being compiled), and a core adds about 0.7 words a nanosecond.
 */
const WORTH_WORKERS = 2 ** 27;

/** Memory of all partial sums together: fewer threads where vectors are long. */
const MOST_SUM_BYTES = 2 ** 29;
const MOST_WORKERS = 8;

/** What workers run. */
export const workerFile = new URL('./unmasking-worker.ts', import.meta.url);

/** @param words how many will be added: those of all inputs and masks */
export function workersFor(words: number, dimension: number, cores = availableParallelism()): number {
  if (words < WORTH_WORKERS) return 0;
  const workers = Math.min(cores, MOST_WORKERS, Math.floor(MOST_SUM_BYTES / (4 * dimension)));
  return workers < 2 ? 0 : workers;
}

/** Workers that are started for the sum and end with it; or this thread alone where none can be started. */
export async function openThreads(
  shape: Shape,
  workers: number,
  file = workerFile,
): Promise<readonly SumThread[]> {
  const started = await startWorkers(workers, file);
  return threadsOf(shape, started, (worker) => worker.end());
}

/** Those of so many workers that could be started. */
export async function startWorkers(count: number, file: URL): Promise<WorkerThread[]> {
  const started = await Promise.allSettled(Array.from({ length: count }, () => startWorker(file)));
  return started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}

/** A sum begun on each of these, or on this thread if there is none. @param release what a thread's `close` does */
export function threadsOf(
  shape: Shape,
  workers: readonly WorkerThread[],
  release: (worker: WorkerThread) => Promise<void>,
): readonly SumThread[] {
  return workers.length === 0 ? [thisThread(shape)] : workers.map((worker) => sumOn(worker, shape, release));
}

function sumOn(
  worker: WorkerThread,
  shape: Shape,
  release: (worker: WorkerThread) => Promise<void>,
): SumThread {
  const begun = worker.give({ kind: 'begin', shape });
  // Where it fails, so does the first order.
  begun.catch(() => undefined);
  return {
    async take(order) {
      await worker.give(order);
    },
    async words() {
      const answer = await worker.give({ kind: 'words' });
      if (answer.kind !== 'words') throw new Error('a thread of the unmasking gave no words');
      return answer.words;
    },
    close: () => release(worker),
  };
}

function thisThread(shape: Shape): SumThread {
  const sum = new PartialSum(shape);
  return {
    async take(order) {
      sum.take(order);
      // Whatever else this process does gets its turn.
      await new Promise(setImmediate);
    },
    words: () => Promise.resolve(sum.words()),
    close: () => Promise.resolve(),
  };
}
