/** An owner's client in a process of its own, to be killed. */
import type { ClientOptions } from '#client/agent.ts';
import { spawnOwn, type OwnProcess } from '#test/support/own-process.ts';

export type Plain = Pick<
  ClientOptions,
  'folder' | 'deployment' | 'rpcUrl' | 'ipfsUrl' | 'dataset' | 'csv' | 'hold'
> &
  Readonly<{
    key: string;
    salt: string;
    /** How wrong this process's clock is. */
    skewSeconds?: number;
  }>;

export type ClientProcess = Pick<OwnProcess, 'pid' | 'kill'> &
  Readonly<{
    /** The next line that the test hook prints. */
    held(): Promise<string>;
  }>;

export async function spawnClient(options: Plain): Promise<ClientProcess> {
  const { pid, kill, line } = await spawnOwn('test/faults/client-program.ts', options);
  await line();
  return { pid, kill, held: line };
}
