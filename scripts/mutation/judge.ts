/** Runs the contract tests against mutants, those that are likely to fail first, and says which were found. */
import { rmSync } from 'node:fs';
import { runContractTests, type TestResult } from '../solidity/contract-tests.ts';
import type { Killers } from './killers.ts';
import type { Mutant } from './mutants.ts';
import type { Site } from './sites.ts';

export type Verdict = Readonly<{
  site: Site;
  /** `timeout` counts as killed: the tests would not have ended well. */
  outcome: 'killed' | 'timeout' | 'survived';
  /** The test that failed first. */
  by: string | null;
  seconds: number;
}>;

/** What is wrong with the machine and not with the mutant: once more, then. */
const TROUBLE = /chain\/(not-started|unreachable|no-anvil)|EADDRINUSE|did not start/;

/** Judges what a generator makes, several at a time. @param report told of each as soon as it is known */
export async function judgeAll(
  mutants: Iterator<Mutant, void>,
  killers: Killers,
  { workers, signal, report }: { workers: number; signal: AbortSignal; report: (verdict: Verdict) => void },
): Promise<void> {
  const work = async () => {
    for (let next = mutants.next(); !next.done && !signal.aborted; next = mutants.next()) {
      const verdict = await judge(next.value, killers, signal);
      rmSync(next.value.artifacts, { recursive: true, force: true });
      if (verdict) report(verdict);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** @returns null when it was stopped */
async function judge(
  { site, artifacts }: Mutant,
  killers: Killers,
  signal: AbortSignal,
): Promise<Verdict | null> {
  const started = Date.now();
  const run = { files: killers.order(site), artifacts, timeoutMs: killers.timeoutMs, signal };
  let result = await runContractTests(run);
  if (isTrouble(result)) result = await runContractTests(run);
  const seconds = (Date.now() - started) / 1000;
  if (result.outcome === 'stopped') return null;
  if (result.outcome === 'passed') return { site, outcome: 'survived', by: null, seconds };
  if (result.outcome === 'timeout') return { site, outcome: 'timeout', by: null, seconds };
  if (result.file !== null) killers.note(site, result.file);
  return { site, outcome: 'killed', by: `${result.test}: ${result.message}`, seconds };
}

function isTrouble(result: TestResult): boolean {
  return result.outcome === 'failed' && (result.file === null || TROUBLE.test(result.message));
}
