/** The rows of a file as they are written, CSV and JSON lines alike. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import type { Reading } from '../schema.ts';
import { csvRecords } from './csv.ts';
import { jsonLines } from './json-lines.ts';

/** A row's values by the names of columns; undefined where JSON lines lack the key. Columns not asked for are left out. */
export type RawRow = Readonly<{ line: number; values: readonly unknown[] }>;
/** A row with all that it has, and as it is written: a CSV's with its line end, JSON lines' without. */
export type NamedRow = Readonly<{
  line: number;
  names: readonly string[];
  values: readonly unknown[];
  raw: string;
}>;

/**
 * Each row with the names of its values; a CSV's first line is no row.
 *
 * @param header is told of a CSV's first line
 * @throws TributaryError `data/unreadable`, `data/empty`, `data/bad-row`
 */
export async function* namedRows(
  file: string,
  { format, delimiter }: Reading,
  header: (names: readonly string[], raw: string) => void = () => undefined,
): AsyncGenerator<NamedRow, void, undefined> {
  if (format === 'jsonl') {
    for await (const { line, object, raw } of jsonLines(file)) {
      yield { line, names: Object.keys(object), values: Object.values(object), raw };
    }
    return;
  }
  let names: readonly string[] | undefined;
  for await (const { line, fields, raw } of csvRecords(file, delimiter, true)) {
    if (names) {
      yield { line, names, values: fields, raw };
      continue;
    }
    names = fields.map((name) => name.trim());
    header(names, raw);
  }
  if (!names) throw noHeader(file);
}

/**
 * The values of these columns, row by row, in this order.
 *
 * @throws TributaryError `data/unreadable`, `data/empty`, `data/missing-column`, `data/duplicate-column`, `data/bad-row`
 */
export async function* rawRows(
  file: string,
  { format, delimiter }: Reading,
  wanted: readonly string[],
): AsyncGenerator<RawRow, void, undefined> {
  if (format === 'jsonl') {
    for await (const { line, object } of jsonLines(file)) {
      yield { line, values: wanted.map((name) => (Object.hasOwn(object, name) ? object[name] : undefined)) };
    }
    return;
  }
  let places: readonly number[] | undefined;
  for await (const { line, fields } of csvRecords(file, delimiter)) {
    if (places) yield { line, values: places.map((place) => fields[place]) };
    else places = placesOf(fields, wanted, file);
  }
  if (!places) throw noHeader(file);
}

function placesOf(header: readonly string[], wanted: readonly string[], file: string): number[] {
  const names = header.map((name) => name.trim());
  return wanted.map((name) => {
    const place = names.indexOf(name);
    if (place < 0) {
      throw new TributaryError(
        'data/missing-column',
        `${file} has no column ${name}: name the file's columns, or correct its first line`,
      );
    }
    if (names.includes(name, place + 1)) {
      throw new TributaryError('data/duplicate-column', `${file} has two columns ${name}: rename one`);
    }
    return place;
  });
}

const noHeader = (file: string) =>
  new TributaryError('data/empty', `${file} is empty: its first line must name the columns`);
