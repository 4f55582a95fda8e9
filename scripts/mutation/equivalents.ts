/** Mutants that no test can tell from the original, each with the argument why: contracts/equivalent-mutants.json. */
import { readFileSync } from 'node:fs';
import type { Site } from './sites.ts';

/** A mutant by what it is, not by its line, so that the entry outlives changes around it. */
export type Equivalent = Readonly<{
  operator: string;
  file: string;
  function: string;
  before: string;
  after: string;
  why: string;
}>;

/** Most of all sites that may be argued away. */
export const MOST_EQUIVALENT = 0.05;

export function readEquivalents(path: string): readonly Equivalent[] {
  return JSON.parse(readFileSync(path, 'utf8')) as Equivalent[];
}

export function argumentFor(site: Site, equivalents: readonly Equivalent[]): string | null {
  return equivalents.find((entry) => isOf(entry, site))?.why ?? null;
}

/** Entries whose mutant cannot be made any more. */
export function staleEntries(
  equivalents: readonly Equivalent[],
  sites: readonly Site[],
): readonly Equivalent[] {
  return equivalents.filter((entry) => !sites.some((site) => isOf(entry, site)));
}

function isOf(entry: Equivalent, site: Site): boolean {
  return (['operator', 'file', 'function', 'before', 'after'] as const).every(
    (field) => entry[field] === site[field],
  );
}
