/** A worker of the unmasking as this thread sees it: orders go out, answers come back in turn. protocol.md §6.4 */
import { Worker } from 'node:worker_threads';
import { TributaryError } from '#crypto/error.ts';
import type { Answer, Order } from './messages.ts';

/** Pieces of an input that may be on their way to a thread: so much memory they take, and reading goes on meanwhile. */
export const PIECES_AHEAD = 3;

export type WorkerThread = Readonly<{
  /**
   * Resolves with the answer. At most `PIECES_AHEAD` pieces are given that are not answered yet; their memory may be used
   * again at once.
   * @throws TributaryError for what it refused
   */
  give(order: Order): Promise<Answer>;
  /** Whether it can take up another sum: it lives, and every order was carried out. */
  isFree(): boolean;
  /** Whether this process is kept alive by it. */
  hold(held: boolean): void;
  end(): Promise<void>;
}>;

type Waiting = Readonly<{ resolve: (answer: Answer) => void; reject: (cause: Error) => void }>;

/** @throws whatever keeps its code from being found and loaded */
export async function startWorker(file: URL): Promise<WorkerThread> {
  // Source needs a loader; compiled code needs none of those that this process may have been started with.
  const started = file.pathname.endsWith('.ts') ? new URL('./source-worker.mjs', file) : file;
  const worker = new Worker(started, { execArgv: [] });
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
  let refused = false;
  const fail = (cause: Error): void => {
    ended ??= cause;
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  worker.on('message', (answer: Answer) => waiting.shift()?.resolve(answer));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread of the unmasking ended early')));

  const slots = new Slots();
  return {
    async give(order) {
      if (ended !== undefined) throw ended;
      const answered = new Promise<Answer>((resolve, reject) => waiting.push({ resolve, reject }));
      worker.postMessage(
        order.kind === 'piece' ? { kind: 'piece', bytes: slots.copyOf(order.bytes) } : order,
      );
      const answer = await answered;
      if (answer.kind !== 'refused') return answer;
      refused = true;
      throw new TributaryError(answer.code, answer.message);
    },
    isFree: () => ended === undefined && !refused && waiting.length === 0,
    hold(held) {
      if (held) worker.ref();
      else worker.unref();
    },
    async end() {
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
