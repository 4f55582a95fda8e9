/** A coordinator in a process of its own, to be killed. */
import type { CoordinatorOptions } from '#coordinator/start.ts';
import { spawnOwn, type OwnProcess } from '#test/support/own-process.ts';

export type Plain = Omit<CoordinatorOptions, 'wallet' | 'log' | 'clock' | 'onHeld'> &
  Readonly<{
    key: string;
    /** How wrong this process's clock is. */
    skewSeconds?: number;
  }>;

export type CoordinatorProcess = Pick<OwnProcess, 'pid' | 'kill'> &
  Readonly<{
    url: string;
    /** The next line that the test hook prints. */
    held(): Promise<string>;
  }>;

export async function spawnCoordinator(options: Plain): Promise<CoordinatorProcess> {
  const { pid, kill, line } = await spawnOwn('test/coordinator/coordinator-program.ts', options);
  const url = await line();
  return { pid, kill, url, held: line };
}
