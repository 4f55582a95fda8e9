/**
 * Which processes belong to a stack: written down while it runs, so that after a kill -9 the next `dev` ends what is
 * left of it. A number that the system gave to another process meanwhile is told apart by its start.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startOf } from '#datasets/folder-lock.ts';

const noted = z.object({ name: z.string(), pid: z.int().min(2), started: z.string() });
type Noted = z.infer<typeof noted>;

const GRACE_MILLIS = 5_000;
const LOOK_MILLIS = 50;

export async function noteProcesses(
  file: string,
  processes: readonly Readonly<{ name: string; pid: number }>[],
): Promise<void> {
  const facts = await Promise.all(
    processes.map(async ({ name, pid }): Promise<Noted> => ({ name, pid, started: await startedAt(pid) })),
  );
  writeFileSync(file, `${JSON.stringify(facts, null, 2)}\n`, { mode: 0o600 });
}

/** Ends those noted processes that still run: SIGTERM, then SIGKILL. @returns their names */
export async function endNotedProcesses(file: string): Promise<string[]> {
  const left: Noted[] = [];
  for (const process of readNoted(file)) if (await stillRuns(process)) left.push(process);
  for (const { pid } of left) signal(pid, 'SIGTERM');
  const deadline = Date.now() + GRACE_MILLIS;
  for (const process of left) {
    while ((await stillRuns(process)) && Date.now() < deadline) await delay(LOOK_MILLIS);
    if (await stillRuns(process)) signal(process.pid, 'SIGKILL');
  }
  rmSync(file, { force: true });
  return left.map(({ name }) => name);
}

function readNoted(file: string): Noted[] {
  try {
    return z.array(noted).parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return []; // none, or half written by a process that was killed: then nothing had started yet
  }
}

async function stillRuns({ pid, started }: Noted): Promise<boolean> {
  return started !== '' && (await startedAt(pid)) === started;
}

/** Empty where there is no such process. */
async function startedAt(pid: number): Promise<string> {
  if (process.platform === 'linux') return startOf(pid);
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone meanwhile
  }
}
