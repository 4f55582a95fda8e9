/**
 * The coordinator in a process of its own, which goes on with what its folder holds. Told by its arguments what the
 * command reads from a home; prints its URL as a line when its memory is that of idling.
 */
import { Wallet } from 'ethers';
import { startCoordinator } from '#coordinator/start.ts';
import { deploymentSchema } from '#contracts/deployment.ts';

const [folder = '', rpcUrl = '', privateKey = '', deployment = ''] = process.argv.slice(2);
const silent = { info: () => undefined, warn: () => undefined, error: console.error };

const coordinator = await startCoordinator({
  ...{ folder, rpcUrl, host: '127.0.0.1', port: 0, log: silent },
  // Asked for nothing before there is a sum.
  ipfsUrl: 'http://127.0.0.1:9',
  wallet: new Wallet(privateKey),
  deployment: deploymentSchema.parse(JSON.parse(deployment)),
});
process.once('SIGTERM', () => void coordinator.stop());
// With --expose-gc: what starting left behind is no part of idling.
globalThis.gc?.();
console.log(coordinator.url);
