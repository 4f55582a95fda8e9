/** A coordinator as its users start it: the command, from its compiled code, in a process of its own, with a home. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Wallet } from 'ethers';
import { storeKey } from '#cli/keystore.ts';
import { UNTIL_STDIN_ENDS } from '#cli/lifetime.ts';
import type { Deployment } from '#contracts/deployment.ts';

export type CoordinatorCommand = Readonly<{
  pid: number;
  url: string;
  /** Whether the process still runs. */
  lives(): boolean;
  stop(): Promise<void>;
}>;

const PASSWORD = 'of a test';
const entry = fileURLToPath(new URL('../../cli/tributary.mjs', import.meta.url));

/** A home with a key and a deployment; its records are to be in `coordinator`. */
export async function makeHome(home: string, privateKey: string, deployment: Deployment): Promise<void> {
  await mkdir(home, { recursive: true });
  await storeKey(join(home, 'coordinator.json'), new Wallet(privateKey), PASSWORD);
  await writeFile(join(home, 'password'), PASSWORD, { mode: 0o600 });
  await writeFile(join(home, 'deployment.json'), JSON.stringify(deployment));
}

/** @param node options of Node; @param env beside this process's own */
export async function startCommand(
  home: string,
  rpc: string,
  {
    node = [] as readonly string[],
    env = {},
    // Asked for nothing before there is a sum.
    ipfs = 'http://127.0.0.1:9',
  } = {},
): Promise<CoordinatorCommand> {
  const common = ['--json', '--home', home, '--rpc', rpc, '--ipfs', ipfs];
  const password = ['--password-file', join(home, 'password')];
  const args = [...common, ...password, 'coordinator', 'start', '--port', '0'];
  const child = spawn(process.execPath, [...node, entry, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env, DATABASE_URL: '', [UNTIL_STDIN_ENDS]: '1' },
  });
  const exited = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (status) => reject(new Error(`the coordinator ended with ${status}`)));
    createInterface(child.stdout).on('line', (line) => {
      const said = JSON.parse(line) as Readonly<{ event: string; url: string }>;
      if (said.event === 'ready') resolve(said.url);
    });
  });
  const lives = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    url,
    lives,
    async stop() {
      if (lives()) child.kill('SIGTERM');
      await exited;
    },
  };
}
