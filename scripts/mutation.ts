/**
 * `npm run mutation -- --seed N [--count 60] [--file NAME]… [--workers 2] [--json] [--list]`: changes contracts/src in one
 * place at a time, at places drawn by the seed, and sees whether the contract tests notice. Exit status 0 when they notice
 * every change but those argued in contracts/equivalent-mutants.json; 1 when not; 2 when it could not run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runWithProbes } from './probes/run.ts';
import { argumentFor, readEquivalents, staleEntries } from './mutation/equivalents.ts';
import { judgeAll } from './mutation/judge.ts';
import { Killers } from './mutation/killers.ts';
import { mutantsOf, type Original } from './mutation/mutants.ts';
import { denominator, isEnough, siteText, summaryOf, summaryText, verdictText } from './mutation/report.ts';
import type { Judged } from './mutation/report.ts';
import { drawSample } from './mutation/sample.ts';
import { sitesOf, type Site } from './mutation/sites.ts';
import { readSources } from './solidity.ts';
import { contractTestFiles, runContractTests } from './solidity/contract-tests.ts';
import { untilInterrupted } from './solidity/interrupt.ts';
import { quickBuildOf, writeArtifacts } from './solidity/quick-build.ts';
import { readTrees } from './solidity/tree.ts';

const EQUIVALENTS = 'contracts/equivalent-mutants.json';
const BASELINE_TIMEOUT_MS = 900_000;

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string', default: '60' },
    file: { type: 'string', multiple: true },
    workers: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});
process.exitCode = await untilInterrupted(main);

async function main(signal: AbortSignal): Promise<number> {
  const sources = readSources();
  const trees = readTrees(sources);
  const sites = trees.flatMap(sitesOf);
  if (options.list) {
    for (const site of sites) say(site, () => siteText(site));
    say(null, () => denominator(sites));
    return 0;
  }
  const [count, workers] = [Number(options.count), Number(options.workers)];
  if (options.seed === undefined || !isCount(count) || !isCount(workers)) {
    console.error(
      'usage: npm run mutation -- --seed N [--count 60] [--file NAME]… [--workers 2] [--json] [--list]',
    );
    return 2;
  }
  say(null, () => denominator(sites));
  const folder = mkdtempSync(join(tmpdir(), 'tributary-mutation-'));
  try {
    const { build, all: artifacts } = quickBuildOf(sources);
    const original = { sources, trees, build, artifacts, folder: join(folder, 'original') };
    mkdirSync(original.folder);
    writeArtifacts(original.folder, artifacts);
    const killers = await killersOf(original.folder, signal);
    return killers ? await judgeSample(original, killers, sites, folder, { count, workers, signal }) : 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tests must pass on the unchanged contracts as they are built here: a test that needs the optimiser would not. */
async function killersOf(artifacts: string, signal: AbortSignal): Promise<Killers | null> {
  const { tests: probed, ...reach } = await runWithProbes(signal);
  const how = { files: contractTestFiles(), artifacts, jobs: 2, timeoutMs: BASELINE_TIMEOUT_MS, signal };
  const plain = await runContractTests(how);
  if (plain.outcome === 'passed' && probed.outcome === 'passed')
    return new Killers(plain.milliseconds, reach);
  for (const result of signal.aborted ? [] : [probed, plain]) {
    const which = result.outcome === 'failed' ? `: ${result.test}: ${result.message}` : '';
    console.error(`The tests on the unchanged contracts: ${result.outcome}${which}`);
  }
  return null;
}

type Plan = Readonly<{ count: number; workers: number; signal: AbortSignal }>;

async function judgeSample(
  original: Original,
  killers: Killers,
  sites: readonly Site[],
  folder: string,
  { count, workers, signal }: Plan,
): Promise<number> {
  const equivalents = readEquivalents(EQUIVALENTS);
  const judged: Judged[] = [];
  const left = { invalid: 0, same: 0 };
  const from = sites.filter(({ file }) => options.file === undefined || options.file.includes(file));
  const mutants = mutantsOf(original, drawSample(from, count, options.seed ?? ''), folder, left);
  await judgeAll(mutants, killers, {
    workers,
    signal,
    report(verdict) {
      const entry = { ...verdict, why: argumentFor(verdict.site, equivalents) };
      judged.push(entry);
      say(entry, () => verdictText(entry));
    },
  });
  const refuted = judged.filter(({ outcome, why }) => outcome !== 'survived' && why !== null);
  const wrong = [
    ...staleEntries(equivalents, sites),
    ...equivalents.filter((entry) => refuted.some(({ site }) => argumentFor(site, [entry]) !== null)),
  ];
  const summary = summaryOf(sites, judged, equivalents, left, wrong);
  say(summary, () => summaryText(summary, EQUIVALENTS));
  return isEnough(summary) ? 0 : 1;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** A line for people, or with --json an object a line; what has no object is for people alone. */
function say(object: object | null, text: () => string): void {
  if (!options.json) console.log(text());
  else if (object !== null) console.log(JSON.stringify(object));
}
