/**
 * Recovers a message's signer in another thread before the message is judged: the judgement finds it kept with the message, and
 * this thread takes in bodies meanwhile. What a thread does not do, the judgement does itself: nothing is ever taken unverified.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Signed } from '#protocol/messages.ts';
import { keepSigner, keptSigner } from '#protocol/signers-ahead.ts';
import type { Domain, PrimaryType } from '#protocol/typed-data.ts';
import type { Asked, Told } from './asked.ts';

export type RecoverAhead = Readonly<{
  /**
   * Resolves when the signer is kept, or will have to be recovered by whoever asks. Never rejects.
   *
   * @param envelope its message can't be changed any more
   */
  recover(domain: Domain, type: PrimaryType, envelope: Signed<object>): Promise<void>;
  close(): Promise<void>;
}>;

type Waiting = Readonly<{ asked: Asked; done: () => void }>;
type Thread = Readonly<{ worker: Worker; waiting: Waiting[] }>;

const file = new URL('./recover-worker.ts', import.meta.url);
/** One core is this thread's. */
const MOST_THREADS = Math.min(4, availableParallelism() - 1);
/** Beyond it the judgement does not wait: a thread that is stuck must hold nobody up. */
const MOST_WAITING = 256;
/** Megabytes; it keeps next to nothing. */
const limits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

export function recoverAhead(most = MOST_THREADS): RecoverAhead {
  const threads: Thread[] = [];
  let broken = false;

  const start = (): Thread => {
    // Source needs a loader; compiled code needs none of those that this process may have been started with.
    const started = file.pathname.endsWith('.ts') ? new URL('./source-worker.mjs', file) : file;
    const worker = new Worker(started, { execArgv: [], resourceLimits: limits });
    const thread: Thread = { worker, waiting: [] };
    const fail = () => {
      broken = true;
      for (const { done } of thread.waiting.splice(0)) done();
    };
    worker.on('message', ({ signer }: Told) => {
      const first = thread.waiting.shift();
      if (!first) return;
      const { domain, type, envelope } = first.asked;
      keepSigner(domain, type, envelope, signer);
      first.done();
    });
    worker.on('error', fail).on('exit', fail);
    worker.unref();
    threads.push(thread);
    return thread;
  };

  /** The one with the least to do; another where all are busy. */
  const next = (): Thread => {
    const [least] = threads.toSorted((a, b) => a.waiting.length - b.waiting.length);
    return least && (least.waiting.length === 0 || threads.length === most) ? least : start();
  };

  return {
    async recover(domain, type, { message, signature }) {
      // Of an upload, not what comes beside its message.
      const asked = { domain, type, envelope: { message, signature } };
      if (broken || most < 1 || keptSigner(domain, type, asked.envelope) !== undefined) return;
      const { worker, waiting } = next();
      if (waiting.length >= MOST_WAITING) return;
      await new Promise<void>((done) => {
        waiting.push({ asked, done });
        worker.postMessage(asked);
      });
    },
    async close() {
      broken = true;
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}
