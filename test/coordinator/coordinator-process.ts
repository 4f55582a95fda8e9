/** A coordinator in a process of its own, to be killed: its options as JSON in the environment, its URL on stdout. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Wallet } from 'ethers';
import { startCoordinator, type CoordinatorOptions } from '#coordinator/start.ts';

type Plain = Omit<CoordinatorOptions, 'wallet' | 'log' | 'clock' | 'onHeld'> & Readonly<{ key: string }>;

export type CoordinatorProcess = Readonly<{
  url: string;
  /** The next line that the test hook prints. */
  held(): Promise<string>;
  kill(): Promise<void>;
}>;

const GIVEN = 'TRIBUTARY_TEST_COORDINATOR';

export async function spawnCoordinator(options: Plain): Promise<CoordinatorProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [GIVEN]: JSON.stringify(options) },
  });
  if (!child.stdout) throw new Error('no output');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done !== true) return next.value;
    throw new Error(`it ended with ${String(child.exitCode ?? child.signalCode)}`);
  };
  return {
    url: await line(),
    held: line,
    async kill() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const given = process.env[GIVEN];
if (given !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const { key, ...options } = JSON.parse(given) as Plain;
  const quiet = () => undefined;
  const log = { info: quiet, warn: quiet, error: quiet };
  const onHeld = (line: string) => void process.stdout.write(`${line}\n`);
  const { url } = await startCoordinator({ ...options, wallet: new Wallet(key), log, onHeld });
  process.stdout.write(`${url}\n`);
}
