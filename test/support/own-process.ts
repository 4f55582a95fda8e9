/** A program of a test as a process of its own, to be killed: compiled once, its options as JSON in the environment, lines on stdout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type OwnProcess = Readonly<{
  pid: number;
  /** The next line that it prints. @throws Error where it ended */
  line(): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}>;

const GIVEN = 'TRIBUTARY_TEST_OPTIONS';

/** @param source of the program, from the root of the repository */
export async function spawnOwn(source: string, options: object): Promise<OwnProcess> {
  const compiled = await entryOf(source);
  const program =
    compiled === null
      ? ['--import', 'tsx', fileURLToPath(new URL(`../../${source}`, import.meta.url))]
      : [fileURLToPath(compiled)];
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, [GIVEN]: JSON.stringify(options) },
  });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    async line() {
      const next = await lines.next();
      if (next.done !== true) return next.value;
      throw new Error(`${source} ended with ${String(child.exitCode ?? child.signalCode)}`);
    },
    async kill() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** In the program: what it was given. */
export const givenOptions = (): unknown => JSON.parse(process.env[GIVEN] ?? 'null');

/** In the program: its clock goes so wrong. */
export function skewClock(seconds: number): void {
  const trueNow = Date.now;
  Date.now = () => trueNow() + 1_000 * seconds;
}

async function entryOf(source: string): Promise<string | null> {
  const file = new URL('../../cli/compiled.mjs', import.meta.url).href;
  const { compiledForTest } = (await import(file)) as {
    compiledForTest: (source: string) => Promise<string | null>;
  };
  return compiledForTest(source);
}
