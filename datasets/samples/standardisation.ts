/** The recipe's public bounds: centre and scale of each column, from the buyer's rows alone. protocol.md §6.5 */
import type { Feature } from '#protocol/recipe/features.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import { fromDecimal, toDecimal } from '#protocol/units.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Batch } from '../row-source.ts';
import type { SampleRow } from './sample-row.ts';
import { wdbcFeatures } from './wdbc.ts';

type NumberFeature = Extract<Feature, { type: 'number' }>;

/** Enough to train by, and little enough to read. */
const digits = 6;

/**
 * Mean and standard deviation (of the population) of each column.
 *
 * @throws TributaryError `sample/constant-column` when a column does not vary, so can't be scaled
 */
export function standardisation(rows: readonly SampleRow[]): NumberFeature[] {
  const round = (value: number) => toDecimal(Number(value.toPrecision(digits)));
  return wdbcFeatures.map((name, column) => {
    const values = rows.map(({ features }) => features[column] ?? Number.NaN);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    if (!(variance > 0)) {
      throw new TributaryError(
        'sample/constant-column',
        `column ${name} is the same in all ${rows.length} rows`,
      );
    }
    return {
      type: 'number',
      name,
      centre: round(mean),
      scale: round(Math.sqrt(variance)),
      missing: 'refuse',
    };
  });
}

/** Rows as a network takes them: (x − centre) / scale in float64, rounded to float32 once, row by row. */
export function standardised(rows: readonly SampleRow[], columns: Recipe['features']): Batch {
  const bounds = columns.map((column) =>
    column.type === 'number'
      ? { centre: fromDecimal(column.centre), scale: fromDecimal(column.scale) }
      : { centre: Number.NaN, scale: Number.NaN },
  );
  const features = rows.flatMap((row) =>
    bounds.map(({ centre, scale }, column) => ((row.features[column] ?? Number.NaN) - centre) / scale),
  );
  return { features: Float32Array.from(features), labels: Float32Array.from(rows, ({ label }) => label) };
}
