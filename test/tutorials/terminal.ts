/** Blocks of a tutorial as processes: each in a process group of its own, as a shell on a terminal does it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { isCode } from '#coordinator/store/files.ts';

const LOOK_MILLIS = 50;
/** What a shell says of a process that Ctrl-C ended, and that another signal ended. */
export const INTERRUPTED = 130;
const KILLED = 137;

/** A block that runs: what it has printed, and how it ended. */
export class Running {
  readonly child: ChildProcess;
  output = '';
  /** Null while it runs. */
  status: number | null = null;
  readonly #ended: Promise<unknown>;

  constructor(script: string, cwd: string, env: Readonly<Record<string, string>>) {
    const strict = `exec 2>&1\nset -euo pipefail\n${script}`;
    this.child = spawn('bash', ['-c', strict], {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    // Once every process that it started has let go of its output too.
    this.#ended = once(this.child, 'close').then(() => {
      this.status = this.child.exitCode ?? (this.child.signalCode === 'SIGINT' ? INTERRUPTED : KILLED);
    });
  }

  get ended(): boolean {
    return this.status !== null;
  }

  /** @returns false where it still runs after that time */
  async endsWithin(millis: number): Promise<boolean> {
    const clock = new AbortController();
    const late = delay(millis, false, { signal: clock.signal }).catch(() => false);
    const ended = await Promise.race([this.#ended.then(() => true), late]);
    clock.abort();
    return ended;
  }

  /** @returns false where it ended, or the time was over, before the output was so */
  async prints(isEnough: (output: string) => boolean, millis: number): Promise<boolean> {
    const deadline = Date.now() + millis;
    while (!isEnough(this.output)) {
      if (this.ended || Date.now() > deadline) return false;
      await delay(LOOK_MILLIS);
    }
    return true;
  }

  /** What Ctrl-C does on a terminal: the signal goes to the whole group. */
  signal(name: 'SIGINT' | 'SIGKILL'): void {
    try {
      process.kill(-(this.child.pid ?? 0), name);
    } catch {
      // gone
    }
  }
}

/** Processes whose environment has this home, wherever they have gone. Linux only; elsewhere none are found. */
export function processesOf(home: string): { pid: number; command: string }[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!environment.includes(`HOME=${home}`)) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), command }];
    } catch {
      return []; // ended meanwhile, or somebody else's
    }
  });
}

/** Takes a process away, unless it has just ended. */
export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error;
  }
}
