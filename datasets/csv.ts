/**
 * Reads an owner's CSV by the columns that its descriptor names, in their order. RFC 4180; protocol.md §6.1
 * Rows are private: an error names file, line and column, and never holds what is written there, not as a cause
 * either, since csv-parse puts the record into its own errors.
 */
import { createReadStream } from 'node:fs';
import { CsvError, parse, type Info } from 'csv-parse';
import { TributaryError } from '#crypto/error.ts';
import type { Table } from './table.ts';

export type CsvSchema = Readonly<{
  /** Column names, in the order in which the table has them; others in the file are left out. */
  features: readonly string[];
  /** The column of 0 and 1. */
  label: string;
}>;

export type CsvOptions = Readonly<{
  /** Fewer rows than this do not make a dataset: a mean over them would tell about one. */
  minimumRows?: number;
}>;

type CsvRecord = Readonly<{ record: readonly string[]; info: Pick<Info, 'lines'> }>;
type Columns = Readonly<{ features: readonly number[]; label: number; width: number }>;

const maximumLineBytes = 1024 * 1024;
const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * @throws TributaryError `data/unreadable`, `data/empty`, `data/missing-column`, `data/duplicate-column`,
 *   `data/bad-row`, `data/not-finite`, `data/bad-label`, `data/too-few-rows`
 */
export async function loadCsv(
  file: string,
  schema: CsvSchema,
  { minimumRows = 8 }: CsvOptions = {},
): Promise<Table> {
  const values: number[] = [];
  const labels: number[] = [];
  let columns: Columns | undefined;
  for await (const { record, info } of records(file)) {
    if (!columns) {
      columns = columnsOf(record, schema, file);
      continue;
    }
    const at = (name: string) => `${file}, line ${info.lines}, column ${name}`;
    if (record.length !== columns.width) {
      throw badRow(`${file}, line ${info.lines}: ${record.length} fields instead of ${columns.width}`);
    }
    for (const [i, name] of schema.features.entries()) {
      values.push(numberFrom(record[columns.features[i] ?? -1] ?? '', at(name)));
    }
    labels.push(labelFrom(record[columns.label] ?? '', at(schema.label)));
  }
  if (!columns)
    throw new TributaryError('data/empty', `${file} is empty: its first line must name the columns`);
  if (labels.length < minimumRows) {
    throw new TributaryError(
      'data/too-few-rows',
      `${file} has ${labels.length} rows, a dataset needs at least ${minimumRows}`,
    );
  }
  return {
    features: schema.features,
    rows: labels.length,
    values: Float64Array.from(values),
    labels: Float32Array.from(labels),
  };
}

async function* records(file: string): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maximumLineBytes,
  });
  const input = createReadStream(file);
  input.on('error', (error) => parser.destroy(error));
  try {
    yield* input.pipe(parser) as AsyncIterable<CsvRecord>;
  } catch (error) {
    if (error instanceof CsvError) throw badRow(`${file}, line ${lineOf(error)}: not CSV (${error.code})`);
    throw new TributaryError('data/unreadable', `${file} can not be read: check its path and permissions`, {
      cause: error,
    });
  } finally {
    input.destroy();
  }
}

function columnsOf(header: readonly string[], { features, label }: CsvSchema, file: string): Columns {
  const names = header.map((name) => name.trim());
  const indexOf = (wanted: string): number => {
    const index = names.indexOf(wanted);
    if (index < 0) {
      throw new TributaryError(
        'data/missing-column',
        `${file} has no column ${wanted}: name the file's columns, or correct its first line`,
      );
    }
    if (names.indexOf(wanted, index + 1) >= 0) {
      throw new TributaryError('data/duplicate-column', `${file} has two columns ${wanted}: rename one`);
    }
    return index;
  };
  return { features: features.map(indexOf), label: indexOf(label), width: names.length };
}

function numberFrom(text: string, place: string): number {
  const trimmed = text.trim();
  const value = Number(trimmed);
  if (/^[+-]?(nan|inf(inity)?)$/i.test(trimmed) || (number.test(trimmed) && !Number.isFinite(value))) {
    throw new TributaryError(
      'data/not-finite',
      `${place}: not a finite number; correct the row, or remove it`,
    );
  }
  if (!number.test(trimmed)) throw badRow(`${place}: not a number`);
  return value;
}

function labelFrom(text: string, place: string): number {
  const trimmed = text.trim();
  if (trimmed === '0' || trimmed === '1') return Number(trimmed);
  throw new TributaryError('data/bad-label', `${place}: a label is 0 or 1; correct the row, or remove it`);
}

function lineOf(error: CsvError): string {
  const { lines: line } = error;
  return typeof line === 'number' ? String(line) : 'unknown';
}

const badRow = (where: string) =>
  new TributaryError('data/bad-row', `${where}; correct the row, or remove it`);
