/** The coordinator that a test starts as a process of its own: what the test hook says goes to stdout, after the URL. */
import { Wallet } from 'ethers';
import { startCoordinator } from '#coordinator/start.ts';
import { givenOptions, skewClock } from '#test/support/own-process.ts';
import type { Plain } from './coordinator-process.ts';

const { key, skewSeconds = 0, ...options } = givenOptions() as Plain;
skewClock(skewSeconds);
const quiet = () => undefined;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { url } = await startCoordinator({
  ...options,
  wallet: new Wallet(key),
  log: { info: quiet, warn: quiet, error: quiet },
  onHeld: say,
});
say(url);
