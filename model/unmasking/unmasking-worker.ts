/** What a worker thread runs: partial sums, one after another, that take their orders from messages. protocol.md §6.4 */
import { parentPort } from 'node:worker_threads';
import { TributaryError } from '#crypto/error.ts';
import type { Answer, Order } from './messages.ts';
import { PartialSum } from './partial-sum.ts';

/** Between sums there is none: a thread that waits holds no vector. */
let sum: PartialSum | undefined;

function answer(order: Order): Answer {
  if (order.kind === 'begin') {
    sum = new PartialSum(order.shape);
    return { kind: 'done' };
  }
  if (sum === undefined) throw new Error('an order of a sum that was not begun');
  try {
    if (order.kind !== 'words') {
      sum.take(order);
      return { kind: 'done' };
    }
    const words = new Uint32Array(sum.words());
    sum = undefined;
    return { kind: 'words', words };
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
