/** What a worker thread runs: a partial sum that takes its orders from messages. protocol.md §6.4 */
import { parentPort, workerData } from 'node:worker_threads';
import { TributaryError } from '#crypto/error.ts';
import type { Answer, Order, Shape } from './messages.ts';
import { PartialSum } from './partial-sum.ts';

const sum = new PartialSum(workerData as Shape);

function answer(order: Order): Answer {
  try {
    if (order.kind === 'words') return { kind: 'words', words: new Uint32Array(sum.words()) };
    sum.take(order);
    return { kind: 'done' };
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  }
}

parentPort?.on('message', (order: Order) => {
  const given = answer(order);
  parentPort?.postMessage(given, given.kind === 'words' ? [given.words.buffer] : []);
});

// Started: its code was found and loaded.
parentPort?.postMessage({ kind: 'done' } satisfies Answer);
