/** `tributary chain start`: a local chain in the foreground, until it is stopped. */
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { startAnvil } from '#contracts/anvil.ts';
import { TributaryError } from '#crypto/error.ts';
import { aborted, untilStopped } from '../lifetime.ts';
import { result } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type StartOptions = CommonOptions & Readonly<{ port: number; blockTime: number; state?: string }>;

/** @throws TributaryError `chain/not-started`, `chain/no-anvil`; `chain/ended` where anvil ends by itself */
export async function startChain(options: StartOptions): Promise<void> {
  const settings = readSettings(options);
  const stop = untilStopped();
  const stateFile = resolve(options.state ?? join(settings.home, 'chain-state.json'));
  mkdirSync(dirname(stateFile), { recursive: true, mode: 0o700 });
  const chain = await startAnvil({ port: options.port, blockTime: options.blockTime, stateFile });
  const ended = once(chain.process, 'exit');
  result(
    settings.json,
    { event: 'ready', url: chain.url, pid: process.pid, anvil: chain.process.pid, state: stateFile },
    `chain at ${chain.url}, state in ${stateFile}`,
  );
  await Promise.race([aborted(stop), ended]);
  if (!stop.aborted) {
    throw new TributaryError('chain/ended', 'anvil ended by itself: start it again; its state is kept');
  }
  await chain.stop();
}
