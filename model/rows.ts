/** Rows as a network takes them: standardised float32 features, row by row, and labels 0 or 1. */
import { TributaryError } from '#crypto/error.ts';
import { assertFinite } from './finite.ts';
import type { Topology } from './topology.ts';

export type Rows = Readonly<{
  /** rows × features, row-major, standardised by the recipe's centres and scales. */
  features: Float32Array;
  /** One 0 or 1 a row. */
  labels: Float32Array;
}>;

export const rowCount = ({ labels }: Rows): number => labels.length;

/** @throws TributaryError `model/rows` on no rows, another width or a label that is not 0 or 1; `model/not-finite` */
export function assertRows(rows: Rows, topology: Topology): void {
  const count = rowCount(rows);
  if (count === 0) throw new TributaryError('model/rows', 'there are no rows to work on');
  if (rows.features.length !== count * topology.features) {
    throw new TributaryError(
      'model/rows',
      `${count} rows of ${topology.features} features need ${count * topology.features} numbers, not ${rows.features.length}`,
    );
  }
  const odd = rows.labels.findIndex((label) => label !== 0 && label !== 1);
  if (odd !== -1) {
    throw new TributaryError('model/rows', `row ${odd} has label ${rows.labels[odd]}: expected 0 or 1`);
  }
  assertFinite(rows.features, 'the rows');
}
