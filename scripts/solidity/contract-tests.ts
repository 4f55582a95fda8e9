/** Runs the contracts' tests against a folder of artifacts, in a process group that can be stopped as a whole. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';

const FOLDER = 'test/contracts';
const FIRST_FAILURE = './scripts/first-failure.mjs';
const LOG_HOOKS = './scripts/chain-logs.cjs';
const TEST_TIMEOUT_MS = 60_000;

export type TestRun = Readonly<{
  files: readonly string[];
  artifacts: string;
  /** Folder where each chain writes a log, in a folder with the encoded name of the test's file; with several jobs only. */
  chainLogs?: string;
  /** Processes that share the files; 1 by default, which stops at the first failure. */
  jobs?: number;
  timeoutMs: number;
  /** Stops the run, which then counts as `stopped`. */
  signal: AbortSignal;
}>;

export type TestResult =
  | Readonly<{ outcome: 'passed'; milliseconds: ReadonlyMap<string, number> }>
  /** `file` is null when the run ended before any test could fail. */
  | Readonly<{ outcome: 'failed'; file: string | null; test: string; message: string }>
  | Readonly<{ outcome: 'timeout' }>
  | Readonly<{ outcome: 'stopped' }>;

/** Asks for the gas and the limits of optimised contracts, which others are not held to. */
const OF_GAS = 'scenarios/largest-job.test.ts';

/** The files of tests, by their paths in the folder of the contracts' tests. */
export function contractTestFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name !== OF_GAS)
    .sort();
}

const nameOf = (path: string): string => relative(FOLDER, path).replaceAll('\\', '/');

export async function runContractTests(run: TestRun): Promise<TestResult> {
  const { files, artifacts, chainLogs, jobs = 1, timeoutMs, signal } = run;
  if (signal.aborted) return { outcome: 'stopped' };
  const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js');
  const logs = chainLogs === undefined ? {} : { TRIBUTARY_CHAIN_LOGS: chainLogs };
  const hooks = chainLogs === undefined ? [] : ['--require', LOG_HOOKS];
  const child = spawn(
    process.execPath,
    [
      ...['--import', 'tsx', mocha, '--no-config', '--extension', 'ts', '--exit'],
      ...['--reporter', 'json', '--timeout', String(TEST_TIMEOUT_MS)],
      ...(jobs === 1 ? ['--bail', '--require', FIRST_FAILURE] : ['--parallel', '--jobs', String(jobs)]),
      ...hooks,
      ...files.map((file) => `${FOLDER}/${file}`),
    ],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TRIBUTARY_ARTIFACTS: artifacts, ...logs },
      detached: true, // a group of its own: its chains end with it
    },
  );
  let ended: 'timeout' | 'stopped' | undefined;
  const end = (why: 'timeout' | 'stopped') => () => {
    ended ??= why;
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const stop = end('stopped');
  const timer = setTimeout(end('timeout'), timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('close', resolve);
  });
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
  if (ended) return { outcome: ended };
  return resultOf(text, code);
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

type Reported = Readonly<{ fullTitle: string; file: string; duration?: number; err?: { message?: string } }>;

/** Mocha's report is the last JSON object of what it printed. */
function resultOf(text: string, code: number | null): TestResult {
  const begin = text.indexOf('{\n  "stats"');
  if (begin === -1) {
    const message = `mocha ended with ${code ?? 'a signal'} and no report`;
    return { outcome: 'failed', file: null, test: 'none', message };
  }
  const report = JSON.parse(text.slice(begin)) as { tests: Reported[]; failures: Reported[] };
  const [failure] = report.failures;
  if (failure) {
    const message = (failure.err?.message ?? '').split('\n')[0] ?? '';
    return { outcome: 'failed', file: nameOf(failure.file), test: failure.fullTitle, message };
  }
  const milliseconds = new Map<string, number>();
  for (const { file, duration = 0 } of report.tests) {
    const name = nameOf(file);
    milliseconds.set(name, (milliseconds.get(name) ?? 0) + duration);
  }
  return { outcome: 'passed', milliseconds };
}
