/** Builds the contracts with probes, runs their tests, and reads which probes were reached. */
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readSources } from '../solidity.ts';
import { contractTestFiles, runContractTests, type TestResult } from '../solidity/contract-tests.ts';
import { applyEdits } from '../solidity/edits.ts';
import { quickBuildOf, writeArtifacts } from '../solidity/quick-build.ts';
import { readTrees } from '../solidity/tree.ts';
import { MARK, probeFile, probesOf, probeSource, type Probe } from './instrument.ts';

const TIMEOUT_MS = 900_000;

/** For each file of tests the numbers of the probes that it reached, which are their places in `probes`. */
export type Reach = Readonly<{ probes: readonly Probe[]; hits: ReadonlyMap<string, ReadonlySet<number>> }>;

/** @param signal stops it; nothing is left behind in either case */
export async function runWithProbes(signal: AbortSignal): Promise<Reach & Readonly<{ tests: TestResult }>> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-coverage-'));
  try {
    const [artifacts, chainLogs] = [join(folder, 'artifacts'), join(folder, 'logs')];
    for (const each of [artifacts, chainLogs]) mkdirSync(each);
    const { sources, probes } = instrumented(readSources());
    writeArtifacts(artifacts, quickBuildOf(sources).all);
    const how = { artifacts, chainLogs, jobs: 2, timeoutMs: TIMEOUT_MS, signal };
    const tests = await runContractTests({ ...how, files: contractTestFiles() });
    const hits = new Map<string, Set<number>>();
    for (const name of readdirSync(chainLogs))
      hits.set(decodeURIComponent(name), await readHits(join(chainLogs, name)));
    return { probes, hits, tests };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All sources, those of the system with probes in them. */
export function instrumented(plain: Readonly<Record<string, string>>): {
  sources: Record<string, string>;
  probes: Probe[];
} {
  const sources: Record<string, string> = { ...plain, [probeFile]: probeSource };
  const probes: Probe[] = [];
  for (const source of readTrees(plain)) {
    const found = probesOf(source, probes.length);
    probes.push(...found.probes);
    sources[source.file] = applyEdits(source, found.edits);
  }
  return { sources, probes };
}

/** The numbers that the chains of a folder logged. */
export async function readHits(folder: string): Promise<Set<number>> {
  const hits = new Set<number>();
  for (const name of readdirSync(folder)) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      const [, marked] = /(?:^|\s)(77\d{11})$/.exec(line) ?? [];
      if (marked !== undefined) hits.add(Number(BigInt(marked) - MARK));
    }
  }
  return hits;
}
