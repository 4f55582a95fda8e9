/** One process of a stack: this program again, its output in a log file, its end noticed. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { UNTIL_STDIN_ENDS } from '../lifetime.ts';
import { openLogFile } from './log-file.ts';

const program = fileURLToPath(new URL('../tributary.mjs', import.meta.url));
const READY_MILLIS = 120_000;
const STOP_MILLIS = 10_000;
const TAIL = 5;

/** How a command ends that fails. */
const saidError = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** A stack keeps all that it has in its home, and `--fresh` forgets it. */
const own = { DATABASE_URL: '', TRIBUTARY_BLOBS: '' };

export type ServicePlan = Readonly<{
  name: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  log: string;
}>;

/** What a service says when it is ready: its event, its `url`, its pid. */
export type ReadyLine = Readonly<Record<string, unknown>>;

export type Service = Readonly<{
  name: string;
  pid: number;
  /** @throws TributaryError `dev/not-started` with the last lines that it wrote */
  ready: Promise<ReadyLine>;
  /** Resolves when the process has ended, however, with its status or the signal's name. */
  ended: Promise<string>;
  /** The last lines of its output. */
  tail(): string;
  stop(): Promise<void>;
  /** At once and without waiting, with all that it started. */
  kill(): void;
}>;

/**
 * Starts it in a process group of its own: Ctrl-C at the terminal reaches only the one who ends the others in order.
 * It ends by itself when its standard input does, so also when we are killed.
 */
export function startService({ name, args, env, log }: ServicePlan): Service {
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    env: { ...process.env, ...own, ...env, [UNTIL_STDIN_ENDS]: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const file = openLogFile(log);
  const tail: string[] = [];
  const { pid = 0 } = child;
  let saysReady: (line: ReadyLine) => void = () => undefined;
  const take = (line: string) => {
    if (line.trim() === '') return;
    file.line(line);
    tail.push(line);
    if (tail.length > TAIL) tail.shift();
    const said = parseLine(line);
    if (said['event'] === 'ready') saysReady(said);
  };
  const kill = () => {
    try {
      // The group: a chain's wrapper that is killed must take its anvil along.
      if (pid > 0) process.kill(-pid, 'SIGKILL');
    } catch {
      // all gone
    }
  };

  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      take(error.message);
      resolve(error.message);
    });
    child.once('exit', kill);
    // After the last line of its output, which says why.
    child.once('close', (code, signal) => {
      file.close();
      resolve(signal ?? `status ${code ?? 0}`);
    });
  });
  const ready = new Promise<ReadyLine>((resolve, reject) => {
    const giveUp = (why: string) =>
      reject(new TributaryError('dev/not-started', `the ${name} did not start (${why}): ${lastOf(tail)}`));
    const late = setTimeout(() => giveUp(`silent for ${READY_MILLIS / 1000} s`), READY_MILLIS);
    saysReady = (line) => {
      clearTimeout(late);
      resolve(line);
    };
    void ended.then(giveUp).finally(() => clearTimeout(late));
  });
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', take);
  child.stdin.on('error', () => undefined);
  // Whoever only waits for the end need not watch this too.
  ready.catch(() => undefined);

  return {
    name,
    pid,
    ready,
    ended,
    tail: () => lastOf(tail),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(kill, STOP_MILLIS);
      await ended;
      clearTimeout(late);
    },
    kill,
  };
}

/** What a person needs of them: the messages, not the JSON around. */
function lastOf(lines: readonly string[]): string {
  return lines.map(messageOf).join('\n') || 'it wrote nothing';
}

function messageOf(line: string): string {
  const failed = saidError.safeParse(parseLine(line)).data;
  if (failed) return `${failed.error.code}: ${failed.error.message}`;
  const said = parseLine(line)['message'];
  return typeof said === 'string' ? said : line;
}

function parseLine(line: string): ReadyLine {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  } catch {
    return {}; // a library's chatter
  }
}
