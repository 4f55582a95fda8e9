/** What a thread of `ahead.ts` runs: recovers signers, one after another. */
import { parentPort } from 'node:worker_threads';
import { recovered } from '#protocol/recovered.ts';
import type { Asked, Told } from './asked.ts';

parentPort?.on('message', ({ digest, signature }: Asked) => {
  const told: Told = { signer: recovered(digest, signature) };
  parentPort?.postMessage(told);
});
