/** One run of a load: a fresh server, its clients for so many seconds, and what its process had of memory and processors. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startCommand } from '#test/support/coordinator-command.ts';
import { serviceEnvironment } from '#test/support/service-unit.ts';
import { memoryOf } from '../secagg-service/memory-of.ts';
import { startServer, type Server } from './child.ts';
import { WARM, type Outcome, type Plan } from './plan.ts';
import { processorOf } from './processor-of.ts';
import type { Stage } from './stage.ts';

const file = (name: string): URL => new URL(name, import.meta.url);

export type LoadOptions = Readonly<{
  clients: number;
  warmUp: number;
  seconds: number;
  profile: string | null;
}>;

/** What Linux says of a server's process, null elsewhere: the bytes that it had at most, the seconds of processors while its load was counted. */
export type Run = Outcome & Readonly<{ peak: number | null; processor: number | null }>;

const onLinux = process.platform === 'linux';

/** In the environment of a service (examples/systemd). @throws Error where what was accepted is not on disk */
export async function runOurs(root: string, stage: Stage, rpc: string, options: LoadOptions): Promise<Run> {
  const home = await mkdtemp(join(root, 'coordinator-'));
  await cp(stage.home, home, { recursive: true });
  const { profile } = options;
  const node = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
  const server = await startCommand(home, rpc, { node, env: serviceEnvironment() });
  return measure(home, server, stage, { ...options, again: false });
}

export async function runBare(root: string, stage: Stage, options: LoadOptions): Promise<Run> {
  const folder = await mkdtemp(join(root, 'bare-'));
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
    let before = 0;
    const outcome = await generate({ ...options, ...stage, url: server.url }, async () => {
      if (onLinux) before = await processorOf(server.pid);
    });
    const processor = onLinux ? (await processorOf(server.pid)) - before : null;
    const peak = onLinux ? (await memoryOf(server.pid)).peak : null;
    const { size } = await stat(stage.vector);
    const kept = await emptyFiles(folder, size);
    if (kept < outcome.messages) throw new Error(`${outcome.messages} were accepted and ${kept} are on disk`);
    if (outcome.ranOut) throw new Error('there were too few uploads for so many seconds: give more --jobs');
    return { ...outcome, peak, processor };
  } finally {
    await server.stop();
  }
}

/** @param whenWarm called when what is counted begins */
async function generate(plan: Plan, whenWarm: () => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(file('generator.ts'))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const { url, clients, warmUp, seconds, uploads, again, vector } = plan;
  child.stdin.end(JSON.stringify({ url, clients, warmUp, seconds, uploads, again, vector } satisfies Plan));
  for await (const line of createInterface(child.stdout)) {
    if (line === WARM) await whenWarm();
    else return JSON.parse(line) as Outcome;
  }
  await exited;
  throw new Error('the clients of the load ended before they said what came of it');
}

/**
 * Empties the files of a vector's size, which a whole one has, and counts them. They are not deleted before all runs are over: ext4 does
 * not use an inode again for minutes, and looks past each of them whenever the next run makes a file.
 */
async function emptyFiles(folder: string, size: number): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  let kept = 0;
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.part')) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await stat(path)).size !== size) continue;
    kept++;
    await truncate(path);
  }
  return kept;
}
