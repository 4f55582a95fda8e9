/** The `tributary` program as tests run it: to its end, or as a process that is watched. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { TributaryError } from '#crypto/error.ts';

export type Said = Readonly<Record<string, unknown>>;
export type Finished = Readonly<{ status: number | null; stdout: string; stderr: string; json: Said }>;

/** Nothing of the developer's own setting reaches a test. */
const bare = (env: Readonly<Record<string, string>>) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TRIBUTARY_'))),
  ...env,
});

/** Runs to the end. `json` is the last line of standard output, or the error's, as JSON. */
export async function tributary(
  args: readonly string[],
  { env = {}, input = null as string | null } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, ['cli/tributary.mjs', ...args], { env: bare(env), stdio: 'pipe' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input ?? '');
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr, json: lastJson(stdout) ?? lastJson(stderr) ?? {} };
}

export type Watched = Readonly<{
  child: ChildProcess;
  pid: number;
  /** The first line of JSON with this event; rejects with what it said when it ends before. */
  until(event: string): Promise<Said>;
  /** Resolves with the exit status, or null for one that was killed. */
  ended: Promise<number | null>;
  stderr(): string;
}>;

export function watch(args: readonly string[], env: Readonly<Record<string, string>> = {}): Watched {
  const child = spawn(process.execPath, ['cli/tributary.mjs', '--json', ...args], {
    env: bare(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: Said[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    const said = lastJson(line);
    if (said) lines.push(said);
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  let over = false;
  const ended = once(child, 'close').then(() => {
    over = true;
    return child.exitCode;
  });
  return {
    child,
    pid: child.pid ?? 0,
    ended,
    stderr: () => stderr,
    async until(event) {
      for (;;) {
        const found = lines.find((line) => line['event'] === event);
        if (found) return found;
        if (over) throw new Error(`ended before ${event}: ${stderr}`);
        await delay(20);
      }
    },
  };
}

/** Polls until it holds. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await delay(50);
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export type Told = Readonly<{ lines: readonly Said[]; last: Said }>;

/** Runs a command's function in this process, for speed, and keeps what it says instead of showing it. */
export async function inProcess(work: () => Promise<void>): Promise<Told> {
  const lines: Said[] = [];
  const { stdout: out, stderr: err } = process;
  const [showOut, showErr] = [out.write.bind(out), err.write.bind(err)];
  out.write = (text: string | Uint8Array) => {
    const said = lastJson(text.toString());
    if (said === null) return showOut(text);
    lines.push(said);
    return true;
  };
  err.write = () => true;
  try {
    await work();
  } finally {
    out.write = showOut;
    err.write = showErr;
  }
  return { lines, last: lines.at(-1) ?? {} };
}

export const codeOf = async (action: () => unknown): Promise<string> => {
  try {
    await action();
    return 'nothing thrown';
  } catch (error) {
    return error instanceof TributaryError ? error.code : String(error);
  }
};

function lastJson(text: string): Said | null {
  try {
    return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Said;
  } catch {
    return null;
  }
}
