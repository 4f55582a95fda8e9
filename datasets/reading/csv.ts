/**
 * The records of a CSV, one by one. RFC 4180; protocol.md §6.1
 * Rows are private: an error names file and line, and never holds what is written there, not as a cause either,
 * since csv-parse puts the record into its own errors.
 */
import { pipeline } from 'node:stream';
import { CsvError, parse, type Info } from 'csv-parse';
import { badRow, maximumLineBytes, openBytes, readFailure } from './bytes.ts';

/** A record, its last line, and (where asked for) how it is written, line end included. */
export type CsvRecord = Readonly<{ line: number; fields: readonly string[]; raw: string }>;

type Parsed = Readonly<{ record: readonly string[]; info: Pick<Info, 'lines'>; raw?: string }>;

/** @returns the header first @throws TributaryError `data/unreadable`, `data/bad-row` */
export async function* csvRecords(
  file: string,
  delimiter: string,
  raw = false,
): AsyncGenerator<CsvRecord, void, undefined> {
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    raw,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maximumLineBytes,
  });
  const parsed = pipeline(openBytes(file), parser, () => undefined) as AsyncIterable<Parsed>;
  let width: number | undefined;
  try {
    for await (const { record, info, raw: written = '' } of parsed) {
      width ??= record.length;
      if (record.length !== width) {
        throw badRow(`${file}, line ${info.lines}: ${record.length} fields instead of ${width}`);
      }
      yield { line: info.lines, fields: record, raw: written };
    }
  } catch (error) {
    if (error instanceof CsvError) throw badRow(`${file}, line ${lineOf(error)}: not CSV (${error.code})`);
    throw readFailure(file, error);
  }
}

function lineOf(error: CsvError): string {
  const { lines: line } = error;
  return typeof line === 'number' ? String(line) : 'unknown';
}
