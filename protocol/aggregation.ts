/** The aggregation block of a job as the numbers that crypto/ computes with. protocol.md §2 */
import { checkParameters, type AggregationParameters } from '#crypto/parameters.ts';
import type { Aggregation } from './manifests.ts';
import { fromDecimal, toDecimal } from './units.ts';

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

export const fromParameters = (parameters: AggregationParameters): Aggregation => ({
  kind: 'tributary/aggregation',
  version: 1,
  ...parameters,
  clip: toDecimal(parameters.clip),
  range: toDecimal(parameters.range),
});
