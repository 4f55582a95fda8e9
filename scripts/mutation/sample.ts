/** A sample of the sites, drawn by a seed: the same seed draws the same mutants of the same sources. */
import { createHash } from 'node:crypto';
import type { Site } from './sites.ts';

/**
 * Each file's sites in the order in which they are drawn, and how many of them are asked for: its part of all, and at
 * least one while there is room. One that is no valid program is replaced by the next of its file.
 */
export type Draw = Readonly<{ file: string; wanted: number; sites: readonly Site[] }>;

export function drawSample(sites: readonly Site[], count: number, seed: string): Draw[] {
  const files = [...new Set(sites.map(({ file }) => file))];
  const drawn = files.map((file) =>
    shuffled(
      sites.filter((site) => site.file === file),
      seed,
    ),
  );
  const wanted = shares(
    drawn.map(({ length }) => length),
    Math.min(count, sites.length),
  );
  return files.map((file, index) => ({ file, wanted: wanted[index] ?? 0, sites: drawn[index] ?? [] }));
}

/** By a hash of what a site is: a change of one place leaves the order of the others as it was. */
function shuffled(sites: readonly Site[], seed: string): Site[] {
  const seen = new Map<string, number>();
  return sites
    .map((site) => {
      const key = JSON.stringify([seed, site.operator, site.file, site.function, site.before, site.after]);
      const copy = (seen.get(key) ?? 0) + 1;
      seen.set(key, copy);
      return { site, order: createHash('sha256').update(`${key}${copy}`).digest('hex') };
    })
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ site }) => site);
}

/** Splits `total` in proportion to the sizes, by largest remainders, and none above its size. */
function shares(sizes: readonly number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * total) / all);
  const given = exact.map((share, index) => Math.min(sizes[index] ?? 0, Math.max(1, Math.floor(share))));
  const left = () => total - given.reduce((sum, share) => sum + share, 0);
  const most = (of: (index: number) => number, may: (index: number) => boolean): number =>
    sizes
      .map((_, index) => index)
      .filter(may)
      .reduce((best, index) => (of(index) > of(best) ? index : best));
  while (left() > 0) {
    const index = most(
      (one) => (exact[one] ?? 0) - (given[one] ?? 0),
      (one) => (given[one] ?? 0) < (sizes[one] ?? 0),
    );
    given[index] = (given[index] ?? 0) + 1;
  }
  while (left() < 0) {
    const index = most(
      (one) => given[one] ?? 0,
      () => true,
    );
    given[index] = (given[index] ?? 0) - 1;
  }
  return given;
}
