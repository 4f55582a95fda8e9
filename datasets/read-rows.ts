/** Reads an owner's rows by their schema, one by one, so that a file may be larger than memory. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import { namesOf } from './columns.ts';
import { cellReader, labelReader, type Cell, type FileSettings } from './reading/cells.ts';
import { rawRows } from './reading/records.ts';
import type { Schema } from './schema.ts';

export type Row = Readonly<{
  /** Its last line in the file, from 1. */
  line: number;
  /** One a column, in the schema's order. */
  cells: readonly Cell[];
  /** A class's place among the classes, or the number. */
  label: number;
}>;

/** Fewer rows do not make a dataset: a mean over them would tell about one. */
export const minimumRows = 8;

/**
 * @param least how many rows there must be
 * @throws TributaryError `data/unreadable`, `data/empty`, `data/missing-column`, `data/duplicate-column`,
 *   `data/bad-row`, `data/missing-value`, `data/not-finite`, `data/out-of-bounds`, `data/unknown-word`,
 *   `data/bad-label`, `data/too-few-rows`: with file, line and column, and never a value
 */
export async function* readRows(
  file: string,
  schema: Schema,
  least = minimumRows,
): AsyncGenerator<Row, void, undefined> {
  const settings: FileSettings = { file, missing: new Set(schema.reading.missingTokens) };
  const readers = schema.columns.map((column) => cellReader(column, settings));
  const readLabel = labelReader(schema.label, settings);
  let rows = 0;
  for await (const { line, values } of rawRows(file, schema.reading, namesOf(schema))) {
    rows += 1;
    yield {
      line,
      cells: readers.map((read, at) => read(values[at], line)),
      label: readLabel(values[readers.length], line),
    };
  }
  if (rows < least) {
    throw new TributaryError(
      'data/too-few-rows',
      `${file} has ${rows} rows, a dataset needs at least ${least}`,
    );
  }
}
