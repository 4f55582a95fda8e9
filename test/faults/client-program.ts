/** The owner's client that a test starts as a process of its own: what the test hook says goes to stdout. */
import { SigningKey } from 'ethers';
import { startClient } from '#client/agent.ts';
import { fromHex } from '#crypto/bytes.ts';
import { givenOptions, skewClock } from '#test/support/own-process.ts';
import type { Plain } from './client-process.ts';

const { key, salt, skewSeconds = 0, ...options } = givenOptions() as Plain;
skewClock(skewSeconds);
const quiet = () => undefined;
const say = (line: string) => void process.stdout.write(`${line}\n`);
const client = startClient({
  ...options,
  key: new SigningKey(key),
  salt: fromHex(salt),
  log: { info: quiet, warn: quiet },
  held: say,
});
say('started');
await client.done;
