/** Encoded rows that training reads in any order: in memory, or in a file when they are more. protocol.md §6.5 */

export type Batch = Readonly<{
  /** chosen rows × width, row by row. */
  features: Float32Array;
  /** One a row: a class's index, or a standardised target. */
  labels: Float32Array;
}>;

export type RowSource = Readonly<{
  rows: number;
  /** Numbers a row, without its label. */
  width: number;
  /** The rows with these numbers, in this order. */
  read(chosen: Uint32Array): Batch;
}>;

/** @param features rows × width, row by row @param labels one a row */
export function rowsInMemory(width: number, { features, labels }: Batch): RowSource {
  return {
    rows: labels.length,
    width,
    read(chosen) {
      const batch = {
        features: new Float32Array(chosen.length * width),
        labels: new Float32Array(chosen.length),
      };
      chosen.forEach((row, at) => {
        batch.features.set(features.subarray(row * width, (row + 1) * width), at * width);
        batch.labels[at] = labels[row] ?? Number.NaN;
      });
      return batch;
    },
  };
}
