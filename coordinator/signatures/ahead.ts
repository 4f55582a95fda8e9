/**
 * Recovers a message's signer in another thread before the message is judged: the judgement finds it remembered, and this thread
 * takes in bodies meanwhile. What a thread does not do, the judgement does itself: nothing is ever taken unverified.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { isRemembered, remember } from '#protocol/recovered.ts';
import { plainSignature, typedDigest } from '#protocol/signature.ts';
import type { Domain, PrimaryType } from '#protocol/typed-data.ts';
import type { Asked, Told } from './asked.ts';

type SignedAnyhow = Readonly<{ message: object; signature: string }>;

export type RecoverAhead = Readonly<{
  /** Resolves when the signer is remembered, or will have to be recovered by whoever asks. Never rejects. */
  recover(domain: Domain, type: PrimaryType, envelope: SignedAnyhow): Promise<void>;
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
      remember(first.asked.digest, first.asked.signature, signer);
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
    async recover(domain, type, { message, signature: given }) {
      const signature = broken || most < 1 ? null : plainSignature(given);
      if (!signature) return;
      const asked = { digest: typedDigest(domain, type, message), signature };
      if (isRemembered(asked.digest, signature)) return;
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
