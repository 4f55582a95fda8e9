/** One run of a load: a fresh server, its clients for so many seconds, and what its process had of memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startCommand } from '#test/support/coordinator-command.ts';
import { serviceEnvironment } from '#test/support/service-unit.ts';
import { memoryOf } from '../secagg-service/memory-of.ts';
import { startServer, type Server } from './child.ts';
import type { Outcome, Plan } from './plan.ts';
import type { Stage } from './stage.ts';

const file = (name: string): URL => new URL(name, import.meta.url);

export type LoadOptions = Readonly<{ clients: number; seconds: number; profile: string | null }>;
/** `peak`: bytes, the most that the server's process ever had; null where the platform does not say. */
export type Run = Outcome & Readonly<{ peak: number | null }>;

/** In the environment of a service (examples/systemd). @throws Error where what was accepted is not on disk */
export async function runOurs(root: string, stage: Stage, rpc: string, options: LoadOptions): Promise<Run> {
  const home = join(root, 'coordinator');
  await cp(stage.home, home, { recursive: true });
  const { profile } = options;
  const node = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const server = await startCommand(home, rpc, { node, env: serviceEnvironment() });
  return measure(home, server, stage, { ...options, again: false });
}

export async function runBare(root: string, stage: Stage, options: LoadOptions): Promise<Run> {
  const folder = join(root, 'bare');
  await mkdir(folder);
  const server = await startServer(file('bare-server.ts'), [folder]);
  return measure(folder, server, stage, { ...options, again: true });
}

async function measure(
  folder: string,
  server: Pick<Server, 'pid' | 'url' | 'stop'>,
  stage: Stage,
  options: LoadOptions & Pick<Plan, 'again'>,
): Promise<Run> {
  try {
    const outcome = await generate({ ...options, ...stage, url: server.url });
    const { size } = await stat(stage.vector);
    const kept = await countFiles(folder, size);
    if (kept < outcome.messages) throw new Error(`${outcome.messages} were accepted and ${kept} are on disk`);
    if (outcome.ranOut) throw new Error('there were too few uploads for so many seconds: give more --jobs');
    const peak = process.platform === 'linux' ? (await memoryOf(server.pid)).peak : null;
    return { ...outcome, peak };
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
}

async function generate({ url, clients, seconds, uploads, again, vector }: Plan): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(file('generator.ts'))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  child.stdin.end(JSON.stringify({ url, clients, seconds, uploads, again, vector }));
  const [said] = await Promise.all([text(child.stdout), exited]);
  return JSON.parse(said) as Outcome;
}

/** Files of a vector's size; one that is whole has it. */
async function countFiles(folder: string, size: number): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.filter((one) => one === size).length;
}
