/** Who holds which rows of a sample: the buyer's held-out part and the owners' unequal, label-skewed shards. */
import { utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { type Rng, seededRng } from '#crypto/random.ts';
import { shuffled } from '../shuffle.ts';
import type { SampleRow } from './sample-row.ts';

const labelsOf = (rows: readonly SampleRow[]): number[] =>
  [...new Set(rows.map(({ label }) => label))].sort((a, b) => a - b);

const rngOf = (purpose: string, seed: number): Rng => seededRng(utf8(`sample/${purpose}/${seed}`));

const inOrder = <T>(items: readonly T[], order: Uint32Array): T[] =>
  Array.from(order, (i) => items[i]).filter((item) => item !== undefined);

const shuffle = <T>(items: readonly T[], rng: Rng): T[] => inOrder(items, shuffled(items.length, rng));

/**
 * Splits rows into the owners' and the buyer's part, with the same share of each label in both.
 *
 * @param fraction of each label that is held out, above 0 and below 1
 * @throws TributaryError `sample/fraction`
 */
export function splitHeldOut(
  rows: readonly SampleRow[],
  seed: number,
  fraction: number,
): { training: SampleRow[]; heldOut: SampleRow[] } {
  if (!(fraction > 0 && fraction < 1)) {
    throw new TributaryError(
      'sample/fraction',
      `the held-out fraction must lie between 0 and 1, not ${fraction}`,
    );
  }
  const rng = rngOf('held-out', seed);
  const training: SampleRow[] = [];
  const heldOut: SampleRow[] = [];
  for (const label of labelsOf(rows)) {
    const mixed = shuffle(
      rows.filter((row) => row.label === label),
      rng,
    );
    const count = Math.round(mixed.length * fraction);
    heldOut.push(...mixed.slice(0, count));
    training.push(...mixed.slice(count));
  }
  return { training, heldOut };
}

/** The largest shard has about this many times the rows of the smallest. */
const sizeRatio = 3;
/** Before they are fitted to the rows at hand: of two labels, shares of the second are spread evenly between these. */
const leastShare = 0.05;
const mostShare = 0.97;
/** Of more labels, an owner gets this much more of those that are its own than of the others. */
const preference = 6;
/** No owner gets fewer rows of a label, unless there are too many owners for that. */
const leastRows = 4;
/** Fitting both margins converges geometrically; the counts are whole numbers in the end. */
const fittingPasses = 20;

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

const spread = (owners: number): number[] =>
  Array.from({ length: owners }, (_, k) => (owners === 1 ? 0.5 : k / (owners - 1)));

/** How much of each label each owner tends to have, before sizes and totals count. */
function tendencies(labels: number, owners: number, rng: Rng): number[][] {
  if (labels === 2) {
    const shares = shuffle(
      spread(owners).map((at) => leastShare + (mostShare - leastShare) * at),
      rng,
    );
    return [shares.map((share) => 1 - share), shares];
  }
  const order = shuffled(labels, rng);
  return Array.from(order, (turn) =>
    Array.from({ length: owners }, (_, owner) => (turn % owners === owner ? preference : 1)),
  );
}

/**
 * Iterative proportional fitting (Deming and Stephan 1940): the expected rows of each label that each owner has,
 * such that sizes keep their proportions and every label its total.
 */
function fit(
  sizes: readonly number[],
  start: readonly (readonly number[])[],
  totals: readonly number[],
): number[][] {
  let byLabel = start.map((row) => [...row]);
  for (let pass = 0; pass < fittingPasses; pass += 1) {
    byLabel = byLabel.map((row) =>
      row.map((cell, owner) => (cell * (sizes[owner] ?? 0)) / sum(byLabel.map((other) => other[owner] ?? 0))),
    );
    byLabel = byLabel.map((row, label) => row.map((cell) => (cell * (totals[label] ?? 0)) / sum(row)));
  }
  return byLabel;
}

/** Whole counts in proportion to `weights` that add up to `total`, each at least `least`: largest remainders. */
function apportion(total: number, weights: readonly number[], least: number): number[] {
  const free = total - least * weights.length;
  const exact = weights.map((weight) => (free * weight) / sum(weights));
  const counts = exact.map(Math.floor);
  const missing = free - sum(counts);
  const byRemainder = exact
    .map((value, owner) => ({ owner, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.owner - b.owner)
    .slice(0, missing);
  for (const { owner } of byRemainder) counts[owner] = (counts[owner] ?? 0) + 1;
  return counts.map((count) => count + least);
}

/**
 * Deals rows to owners. Sizes follow a geometric series; of two labels, shares of the second follow an even spread, of
 * more, each is mostly with one owner. Which owner gets which size, which share and which rows is drawn from the seed.
 *
 * @param owners 1 … the rows of the rarer label
 * @returns one shard an owner; each row is in exactly one
 * @throws TributaryError `sample/owners`
 */
export function shards(rows: readonly SampleRow[], seed: number, owners: number): SampleRow[][] {
  const byLabel = labelsOf(rows).map((label) => rows.filter((row) => row.label === label));
  const rarest = Math.min(...byLabel.map((some) => some.length));
  if (!Number.isInteger(owners) || owners < 1 || owners > rarest) {
    throw new TributaryError(
      'sample/owners',
      `the sample can be dealt to 1 to ${rarest} owners, not ${owners}`,
    );
  }
  const rng = rngOf('shards', seed);
  const sizes = shuffle(
    spread(owners).map((at) => sizeRatio ** at),
    rng,
  );
  const expected = fit(
    sizes,
    tendencies(byLabel.length, owners, rng),
    byLabel.map((some) => some.length),
  );
  const dealt: SampleRow[][] = sizes.map(() => []);
  byLabel.forEach((some, label) => {
    const mixed = shuffle(some, rng);
    const least = Math.max(1, Math.min(leastRows, Math.floor(some.length / (2 * owners))));
    let from = 0;
    apportion(some.length, expected[label] ?? [], least).forEach((count, owner) => {
      dealt[owner]?.push(...mixed.slice(from, from + count));
      from += count;
    });
  });
  return dealt.map((shard) => shuffle(shard, rng));
}
