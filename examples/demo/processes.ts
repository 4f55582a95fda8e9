/** Child processes of the story: the same program that a user has, watched by what it prints. */
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../cli/tributary.mjs', import.meta.url));

export type Environment = Readonly<Record<string, string>>;
/** One line of JSON that a command prints. */
export type Line = Readonly<Record<string, unknown>>;

/** A `tributary` process that runs until it is stopped or killed. */
export class Service {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #exit: Promise<number | null>;
  #errors = '';
  #ended = false;

  constructor(name: string, args: readonly string[], env: Environment) {
    this.name = name;
    this.#child = spawn(process.execPath, [program, ...args, '--json'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let partial = '';
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      const pieces = (partial + chunk.toString()).split('\n');
      partial = pieces.pop() ?? '';
      for (const piece of pieces) this.#take(piece);
    });
    this.#child.stderr?.on(
      'data',
      (chunk: Buffer) => (this.#errors = (this.#errors + chunk.toString()).slice(-4000)),
    );
    this.#exit = new Promise((resolve) =>
      this.#child.once('close', (code) => {
        this.#ended = true;
        this.#wake();
        resolve(code);
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  /** The first line that matches, printed already or later. Fails when the process ends or time runs out. */
  async until(what: string, matches: (line: Line) => boolean, seconds: number): Promise<Line> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const found = this.#lines.find(matches);
      if (found) return found;
      if (this.#ended) throw new Error(`${this.name} ended before ${what}:\n${this.#errors}`);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${this.name}: no ${what} within ${seconds} s:\n${this.#errors}`);
      await this.#next(left);
    }
  }

  ready(): Promise<Line> {
    return this.until('readiness', (line) => line['event'] === 'ready', 180);
  }

  /** SIGKILL: nothing is said, nothing is tidied. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  /** SIGTERM, and SIGKILL for one that does not go. @returns its exit status */
  async stop(): Promise<number | null> {
    if (this.#ended) return this.#exit;
    this.#child.kill('SIGTERM');
    const giveUp = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    const code = await this.#exit;
    clearTimeout(giveUp);
    return code;
  }

  #take(text: string): void {
    try {
      this.#lines.push(JSON.parse(text) as Line);
    } catch {
      // Not a line of ours: a library's chatter.
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  #next(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, millis);
      const waiting = this.#waiting;
      function done() {
        clearTimeout(timer);
        waiting.delete(done);
        resolve();
      }
      waiting.add(done);
    });
  }
}

/** Commands that have not ended yet. */
const running = new Set<ChildProcess>();

/** Ends the commands that still run: whoever interrupts the story waits for none of them. */
export function endCommands(): void {
  for (const child of running) child.kill('SIGKILL');
}

export type Finished = Readonly<{ code: number; line: Line; errors: string }>;

/** Runs a command to its end. @returns its last line of JSON and its exit status */
export async function command(args: readonly string[], env: Environment): Promise<Finished> {
  const child = spawn(process.execPath, [program, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  const last = output.trim().split('\n').at(-1) ?? '';
  return { code, errors, line: last.startsWith('{') ? (JSON.parse(last) as Line) : {} };
}

/** As `command`, where anything but success ends the story. */
export async function succeed(args: readonly string[], env: Environment): Promise<Line> {
  const { code, line, errors } = await command(args, env);
  if (code !== 0) throw new Error(`tributary ${args.join(' ')} failed (${code}):\n${errors}`);
  return line;
}
