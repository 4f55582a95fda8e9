/** The threads among which an unmasking is divided: workers, or this one where they don't pay. protocol.md §6.4 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { TributaryError } from '#crypto/error.ts';
import type { Answer, Order, Shape } from './messages.ts';
import { PartialSum } from './partial-sum.ts';

/** Pieces of an input that may be on their way to a thread: so much memory they take, and reading goes on meanwhile. */
export const PIECES_AHEAD = 3;

/** A thread with a partial sum of its own. It takes orders one after another. */
export type SumThread = Readonly<{
  /**
   * Resolves when the order was carried out. At most `PIECES_AHEAD` pieces are given that are not carried out yet;
   * their memory may be used again at once.
   * @throws TributaryError as `PartialSum`
   */
  take(order: Exclude<Order, { kind: 'words' }>): Promise<void>;
  words(): Promise<Uint32Array>;
  /** Ends the thread; the sum is gone. */
  close(): Promise<void>;
}>;

/**
 * Words to be added from which on workers pay: they take 50 ms to start (many times that where sources are loaded
 * without being compiled), and a core adds about 0.7 words a nanosecond.
 */
const WORTH_WORKERS = 2 ** 27;

/** Memory of all partial sums together: fewer threads where vectors are long. */
const MOST_SUM_BYTES = 2 ** 29;
const MOST_WORKERS = 8;

const workerFile = new URL('./unmasking-worker.ts', import.meta.url);

/** @param words how many will be added: those of all inputs and masks */
export function workersFor(words: number, dimension: number, cores = availableParallelism()): number {
  if (words < WORTH_WORKERS) return 0;
  const workers = Math.min(cores, MOST_WORKERS, Math.floor(MOST_SUM_BYTES / (4 * dimension)));
  return workers < 2 ? 0 : workers;
}

/** So many workers; or this thread alone for 0, or where workers can't be started. */
export async function openThreads(
  shape: Shape,
  workers: number,
  file = workerFile,
): Promise<readonly SumThread[]> {
  const started = await Promise.allSettled(Array.from({ length: workers }, () => startWorker(shape, file)));
  const threads = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  return threads.length > 0 ? threads : [thisThread(shape)];
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

type Waiting = Readonly<{ resolve: (answer: Answer) => void; reject: (cause: Error) => void }>;

async function startWorker(shape: Shape, file: URL): Promise<SumThread> {
  // Source needs a loader; compiled code needs none of those that this process may have been started with.
  const started = file.pathname.endsWith('.ts') ? new URL('./source-worker.mjs', file) : file;
  const worker = new Worker(started, { workerData: shape, execArgv: [] });
  try {
    await new Promise<void>((resolve, reject) => {
      // Its first answer is to no order: its code was found and loaded.
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  } catch (cause) {
    await worker.terminate();
    throw cause;
  }
  const waiting: Waiting[] = [];
  let ended: Error | undefined;
  const fail = (cause: Error): void => {
    ended ??= cause;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread of the unmasking ended early')));

  const give = async (order: Order): Promise<Answer> => {
    if (ended !== undefined) throw ended;
    const answered = new Promise<Answer>((resolve, reject) => waiting.push({ resolve, reject }));
    worker.postMessage(order);
    const answer = await answered;
    if (answer.kind === 'refused') throw new TributaryError(answer.code, answer.message);
    return answer;
  };
  const slots = new Slots();
  return {
    async take(order) {
      await give(order.kind === 'piece' ? { kind: 'piece', bytes: slots.copyOf(order.bytes) } : order);
    },
    async words() {
      const answer = await give({ kind: 'words' });
      if (answer.kind !== 'words') throw new Error('a thread of the unmasking gave no words');
      return answer.words;
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Memory that both threads see: a message would copy a piece twice, and leave the copies to be collected. */
class Slots {
  readonly #slots: Uint8Array[] = [];
  #next = 0;

  /** In the memory of the piece that came `PIECES_AHEAD` before. */
  copyOf(piece: Uint8Array): Uint8Array {
    const at = this.#next++ % PIECES_AHEAD;
    let slot = this.#slots[at];
    if (slot === undefined || slot.length < piece.length) {
      slot = new Uint8Array(new SharedArrayBuffer(piece.length));
      this.#slots[at] = slot;
    }
    slot.set(piece);
    return slot.subarray(0, piece.length);
  }
}
