/** IPFS nodes for tests: our own as a real process, and a Kubo where the machine has one. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type NodeProcess = Readonly<{
  url: string;
  pid: number;
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
export async function startIpfsProcess(folder: string): Promise<NodeProcess> {
  const child = spawn(process.execPath, [...startCommand, '--folder', folder, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  const exited = once(child, 'exit');
  const ready = once(createInterface(child.stdout), 'line');
  const first = await Promise.race([ready, exited.then(() => null)]);
  if (first === null) throw new Error(said);
  const { url } = JSON.parse(String(first[0])) as { url: string };
  return {
    url,
    pid: child.pid ?? 0,
    kill: () => end(child, exited, 'SIGKILL'),
    stop: () => end(child, exited, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill(signal);
  await exited;
}

/** A Kubo by KUBO_RPC_URL, or one started offline from an `ipfs` binary, or null. */
export async function findKubo(): Promise<Readonly<{ url: string; stop(): Promise<void> }> | null> {
  const url = process.env['KUBO_RPC_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  const folder = temporaryFolder();
  const env = { ...process.env, IPFS_PATH: folder };
  try {
    // The profile takes free ports and no bootstrap nodes.
    execFileSync('ipfs', ['init', '--profile=test'], { env, stdio: 'ignore' });
  } catch {
    removeFolder(folder);
    return null;
  }
  const child = spawn('ipfs', ['daemon', '--offline'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) {
    const port = /API server listening on \/ip4\/127\.0\.0\.1\/tcp\/(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    child.stdout.resume();
    const stop = () => end(child, exited, 'SIGTERM').finally(() => removeFolder(folder));
    return { url: `http://127.0.0.1:${port}`, stop };
  }
  removeFolder(folder);
  throw new Error('the ipfs daemon ended before it listened');
}
