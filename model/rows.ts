/** Whether rows are such as a model takes. protocol.md §6.5 */
import { TributaryError } from '#crypto/error.ts';
import type { RowSource } from '#datasets/row-source.ts';
import type { Topology } from './topology.ts';

/** @throws TributaryError `model/rows` on no rows or another width */
export function assertRows({ rows, width }: RowSource, { features }: Topology): void {
  if (rows === 0) throw new TributaryError('model/rows', 'there are no rows to work on');
  if (width !== features) {
    throw new TributaryError('model/rows', `a row has ${width} numbers, the model takes ${features}`);
  }
}
