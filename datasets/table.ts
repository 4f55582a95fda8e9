/** Rows in memory: what a loader reads, a commitment covers and training takes. protocol.md §6.2 */
import { TributaryError } from '#crypto/error.ts';

/** Rows as they are in the file, in its order. */
export type Table = Readonly<{
  /** Columns of `values`, in order. */
  features: readonly string[];
  rows: number;
  /** rows × features, row by row, in the file's own units. */
  values: Float64Array;
  /** One 0 or 1 a row. */
  labels: Float32Array;
}>;

/** Public bounds of a column: x becomes (x − centre) / scale. */
export type Bounds = Readonly<{ centre: number; scale: number }>;

/** Rows as a network takes them. */
export type TrainingRows = Readonly<{
  rows: number;
  /** rows × features, row by row. */
  features: Float32Array;
  labels: Float32Array;
}>;

/**
 * (x − centre) / scale in float64, rounded to float32 once.
 *
 * @param bounds one a feature, in the table's order
 * @throws TributaryError `data/bad-scale` unless each centre is finite and each scale finite and above 0,
 *   `data/not-finite` where a result does not fit float32, naming row and column, never a value
 */
export function standardise(table: Table, bounds: readonly Bounds[]): TrainingRows {
  const { rows, values, labels, features } = table;
  if (bounds.length !== features.length) {
    throw new TributaryError(
      'data/bad-scale',
      `the recipe has bounds for ${bounds.length} columns, the dataset ${features.length}: they must be the same`,
    );
  }
  features.forEach((name, column) => assertBounds(name, bounds[column]));
  const standardised = Float32Array.from(values, (value, at) => {
    const { centre, scale } = bounds[at % features.length] ?? { centre: 0, scale: 0 };
    const result = Math.fround((value - centre) / scale);
    if (Number.isFinite(result)) return result;
    throw new TributaryError(
      'data/not-finite',
      `row ${Math.floor(at / features.length) + 1}, column ${features[at % features.length] ?? ''}: ` +
        "the value is not a float32 in the recipe's scale; correct the row, or refuse the job",
    );
  });
  return { rows, features: standardised, labels };
}

function assertBounds(name: string, bounds: Bounds | undefined): void {
  if (bounds && Number.isFinite(bounds.centre) && Number.isFinite(bounds.scale) && bounds.scale > 0) return;
  throw new TributaryError(
    'data/bad-scale',
    `the recipe's centre and scale of column ${name} can't be used: a scale is above 0`,
  );
}
