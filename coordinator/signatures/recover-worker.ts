/** What a thread of `ahead.ts` runs: recovers signers, one after another. */
import { parentPort } from 'node:worker_threads';
import { recoverTyped } from '#protocol/signature.ts';
import type { Asked, Told } from './asked.ts';

parentPort?.on('message', ({ domain, type, envelope }: Asked) => {
  const told: Told = { signer: recoverTyped(domain, type, envelope) };
  parentPort?.postMessage(told);
});
