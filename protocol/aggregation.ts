/** The aggregation block of a job: numbers that crypto/ computes with, and when its graph is sparse. protocol.md §2, §3.8 */
import { TributaryError } from '#crypto/error.ts';
import { checkParameters, type AggregationParameters } from '#crypto/parameters.ts';
import type { Aggregation } from './manifests.ts';
import { fromDecimal, toDecimal } from './units.ts';

/** From how many members on a roster uses the sparse graph, and what that graph must bear. */
export type SparseTerms = Readonly<{
  /** Larger rosters than this are sparse. */
  above: number;
  /** γ: at most this part of a roster is corrupt. */
  corruption: number;
  /** δ: at most this part of a roster is lost. */
  dropout: number;
}>;

/** Rounding to the nearest point of the grid, or to one of its two neighbours by chance, without bias (§2.2). */
export type Rounding = Aggregation['rounding'];

/** What jobs have unless they ask for something else. */
export const sparseByDefault: NonNullable<Aggregation['sparse']> = {
  above: 100,
  corruption: toDecimal(0.05),
  dropout: toDecimal(0.05),
};

/** Fewer is no assumption that owners should rest on; more leaves no graph worth drawing. */
const corruptionRange = [0.05, 0.3] as const;
const dropoutRange = [0.01, 0.4] as const;

/** @throws TributaryError `parameters/…` where a value is out of range */
export function toParameters(block: Aggregation): AggregationParameters {
  const { bits, dimension, maxWeight, chunkWords } = block;
  const parameters = {
    bits,
    dimension,
    maxWeight,
    chunkWords,
    clip: fromDecimal(block.clip),
    range: fromDecimal(block.range),
  };
  checkParameters(parameters);
  return parameters;
}

/** @throws TributaryError `parameters/adversity` where γ is not within 0.05 … 0.3, or δ not within 0.01 … 0.4 */
export function toSparseTerms({ sparse }: Pick<Aggregation, 'sparse'>): SparseTerms | null {
  if (!sparse) return null;
  const { above } = sparse;
  return {
    above,
    corruption: within(corruptionRange, fromDecimal(sparse.corruption), 'corruption'),
    dropout: within(dropoutRange, fromDecimal(sparse.dropout), 'dropout'),
  };
}

export const fromParameters = (
  parameters: AggregationParameters,
  rounding: Rounding = 'nearest',
  sparse: SparseTerms | null = null,
): Aggregation => ({
  kind: 'tributary/aggregation',
  version: 2,
  ...parameters,
  clip: toDecimal(parameters.clip),
  range: toDecimal(parameters.range),
  rounding,
  sparse: sparse && {
    above: sparse.above,
    corruption: toDecimal(sparse.corruption),
    dropout: toDecimal(sparse.dropout),
  },
});

function within([least, most]: readonly [number, number], value: number, name: string): number {
  if (value >= least && value <= most) return value;
  throw new TributaryError(
    'parameters/adversity',
    `${name} is a part from ${least} to ${most}, not ${value}`,
  );
}
