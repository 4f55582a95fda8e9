/** IPFS nodes for tests: our own as a real process, and a Kubo where the machine has one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type NodeProcess = Readonly<{
  url: string;
  pid: number;
  /** Where peers find it, if it listens. */
  addresses: readonly string[];
  /** Empty for a node without peers. */
  peerId: string;
  /** SIGKILL: the process has no chance to tidy up. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}>;

/** `tributary --json ipfs start`, as a user starts it. */
export const startCommand = [
  fileURLToPath(new URL('../../cli/tributary.mjs', import.meta.url)),
  '--json',
  'ipfs',
  'start',
];

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'tributary-ipfs-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** The node as a process of its own; rejects with what it said on standard error if it does not come up. */
export async function startIpfsProcess(folder: string, ...more: readonly string[]): Promise<NodeProcess> {
  const child = spawn(process.execPath, [...startCommand, '--folder', folder, '--port', '0', ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const exited = once(child, 'exit');
  const ready = once(createInterface(child.stdout), 'line');
  const first = await Promise.race([ready, exited.then(() => null)]);
  if (first === null) throw new Error(said);
  const {
    url,
    addresses = [],
    peerId = '',
  } = JSON.parse(String(first[0])) as { url: string; addresses?: string[]; peerId?: string };
  return {
    url,
    addresses,
    peerId,
    pid: child.pid ?? 0,
    kill: () => end(child, exited, 'SIGKILL'),
    stop: () => end(child, exited, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exited;
}

export type Kubo = Readonly<{ url: string; stop(): Promise<void> }>;

/**
 * A Kubo by KUBO_RPC_URL, or one started from an `ipfs` binary: offline, on free loopback ports, with a
 * repository of its own that is gone when it is stopped. Else why there is none.
 */
export async function findKubo(env: NodeJS.ProcessEnv = process.env): Promise<Kubo | { skipped: string }> {
  const url = env['KUBO_RPC_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  const folder = temporaryFolder();
  const own = { ...env, IPFS_PATH: folder };
  // The profile takes free ports on loopback and no bootstrap nodes.
  const made = spawnSync('ipfs', ['init', '--profile=test'], { env: own, encoding: 'utf8' });
  if (made.status !== 0) {
    removeFolder(folder);
    return {
      skipped: made.error
        ? 'no Kubo: KUBO_RPC_URL is not set, and there is no "ipfs" on the PATH'
        : `no Kubo: "ipfs init" failed: ${made.stderr.trim()}`,
    };
  }
  const child = spawn('ipfs', ['daemon', '--offline'], { env: own, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  const stop = () => end(child, exited, 'SIGTERM').finally(() => removeFolder(folder));
  for await (const line of createInterface(child.stdout)) {
    const port = /API server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    return { url: `http://127.0.0.1:${port}`, stop };
  }
  await stop();
  throw new Error('the ipfs daemon ended before it listened');
}
