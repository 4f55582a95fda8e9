/** What of the contracts the tests ran: counts a file, what is left, and whether each of that has a reason. */
import type { Probe } from './instrument.ts';

/** A reason why something need not run: by what it is, not by its line, so that it outlives changes around it. */
export type Reason = Readonly<{
  file: string;
  function: string;
  kind: Probe['kind'];
  source: string;
  why: string;
}>;

export type Count = Readonly<{ covered: number; all: number }>;
export type FileCoverage = Readonly<{ file: string; lines: Count; branches: Count }>;
export type Uncovered = Probe & Readonly<{ why: string | null }>;

export type Coverage = Readonly<{
  files: readonly FileCoverage[];
  total: FileCoverage;
  uncovered: readonly Uncovered[];
  /** Reasons for what does run, or does not exist any more. */
  stale: readonly Reason[];
}>;

/** Least part of lines, and of branches, that must run whatever reasons the rest has. */
export const LEAST = 0.98;

/**
 * @param probes numbered by their place
 * @param hits the numbers that a run reported
 */
export function coverageOf(
  probes: readonly Probe[],
  hits: ReadonlySet<number>,
  reasons: readonly Reason[],
): Coverage {
  const names = [...new Set(probes.map(({ file }) => file))];
  const numbered = probes.map((probe, number) => ({ ...probe, covered: hits.has(number) }));
  const missed = numbered.filter(({ covered }) => !covered);
  return {
    files: names.map((file) =>
      counted(
        file,
        numbered.filter((probe) => probe.file === file),
      ),
    ),
    total: counted('all', numbered),
    uncovered: probes
      .filter((_, number) => !hits.has(number))
      .map((probe) => ({ ...probe, why: reasons.find((reason) => isFor(reason, probe))?.why ?? null })),
    stale: reasons.filter((reason) => !missed.some((probe) => isFor(reason, probe))),
  };
}

/** Nothing left without a reason, no reason left without its case, and enough run all the same. */
export function isEnough({ total, uncovered, stale }: Coverage): boolean {
  return (
    stale.length === 0 &&
    uncovered.every(({ why }) => why !== null) &&
    [total.lines, total.branches].every((count) => partOf(count) >= LEAST)
  );
}

export function partOf({ covered, all }: Count): number {
  return all === 0 ? 1 : covered / all;
}

function isFor(reason: Reason, probe: Probe): boolean {
  return (['file', 'function', 'kind', 'source'] as const).every((field) => reason[field] === probe[field]);
}

/** A line is covered when every statement that begins on it has run. */
function counted(file: string, probes: readonly (Probe & { covered: boolean })[]): FileCoverage {
  const lines = new Map<string, boolean>();
  for (const { kind, file, line, covered } of probes) {
    const key = `${file}:${line}`;
    if (kind === 'statement') lines.set(key, covered && lines.get(key) !== false);
  }
  const branches = probes.filter(({ kind }) => kind !== 'statement');
  return {
    file,
    lines: { covered: [...lines.values()].filter(Boolean).length, all: lines.size },
    branches: { covered: branches.filter(({ covered }) => covered).length, all: branches.length },
  };
}
