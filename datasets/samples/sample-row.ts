/** One row of a sample, and the CSV of an owner. */

/** Numbers in the order of the sample's columns, and the class. */
export type SampleRow = Readonly<{ features: readonly number[]; label: number }>;

/** A header of column names, then rows with the numbers as the source writes them. */
export function csvOf(columns: readonly string[], label: string, rows: readonly SampleRow[]): string {
  const header = [...columns, label].join(',');
  return (
    [header, ...rows.map(({ features, label: value }) => [...features, value].join(','))].join('\n') + '\n'
  );
}
