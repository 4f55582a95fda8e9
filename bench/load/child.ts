/** A server of a bench in a process of its own: it says its URL in its first line. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Server = Readonly<{ pid: number; url: string; stop(): Promise<void> }>;

/** @param file its program, beside this module's; @param options of Node */
export async function startServer(
  file: URL,
  args: readonly string[],
  options: readonly string[] = [],
): Promise<Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...options, fileURLToPath(file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const said = await Promise.race([once(createInterface(child.stdout), 'line'), exited.then(() => null)]);
  if (said === null || child.pid === undefined) throw new Error(`${file.pathname} did not start`);
  return {
    pid: child.pid,
    url: String(said[0]),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
    },
  };
}
