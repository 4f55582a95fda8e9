/** An owner's client in a process of its own, to be killed: its options as JSON in the environment, what it holds at on stdout. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SigningKey } from 'ethers';
import { startClient, type ClientOptions } from '#client/agent.ts';
import { fromHex } from '#crypto/bytes.ts';

type Plain = Pick<
  ClientOptions,
  'folder' | 'deployment' | 'rpcUrl' | 'ipfsUrl' | 'dataset' | 'csv' | 'hold'
> &
  Readonly<{
    key: string;
    salt: string;
    /** How wrong this process's clock is. */
    skewSeconds?: number;
  }>;

export type ClientProcess = Readonly<{
  pid: number;
  /** The next line that the test hook prints. */
  held(): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}>;

const GIVEN = 'TRIBUTARY_TEST_CLIENT';

export async function spawnClient(options: Plain): Promise<ClientProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [GIVEN]: JSON.stringify(options) },
  });
  if (!child.stdout) throw new Error('no output');
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done !== true) return next.value;
    throw new Error(`the client ended with ${String(child.exitCode ?? child.signalCode)}`);
  };
  await line();
  return {
    pid: child.pid ?? 0,
    held: line,
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

const given = process.env[GIVEN];
if (given !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const { key, salt, skewSeconds = 0, ...options } = JSON.parse(given) as Plain;
  const trueNow = Date.now;
  Date.now = () => trueNow() + 1_000 * skewSeconds;
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  const quiet = () => undefined;
  const client = startClient({
    ...options,
    key: new SigningKey(key),
    salt: fromHex(salt),
    log: { info: quiet, warn: quiet },
    held: say,
  });
  say('started');
  await client.done;
}
