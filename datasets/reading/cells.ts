/** From what a file says to a typed value, column by column; no message holds a value. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import type { Column, ColumnLabel } from '../columns.ts';
import { badRow } from './bytes.ts';

/** A number, a category's place in its vocabulary, a text in NFC; null where it is missing. */
export type Cell = number | string | null;

export type CellReader = (value: unknown, line: number) => Cell;
export type LabelReader = (value: unknown, line: number) => number;

/** How every value of a file is read. */
export type FileSettings = Readonly<{ file: string; missing: ReadonlySet<string> }>;

type Place = (line: number) => string;

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const notFinite = /^[+-]?(nan|inf(inity)?)$/i;

/** @throws TributaryError `data/bad-row`, `data/missing-value`, `data/not-finite`, `data/out-of-bounds`, `data/unknown-word` */
export function cellReader(column: Column, settings: FileSettings): CellReader {
  const at = placeOf(settings.file, column.name);
  const typed = typedReader(column, at);
  return (value, line) => {
    const text = textOf(value, settings.missing, at, line);
    if (text !== null) return typed(text, line);
    if (column.missing) return null;
    throw new TributaryError(
      'data/missing-value',
      `${at(line)}: a value is missing; fill it in, remove the row, or let the schema say "missing": true`,
    );
  };
}

/** @throws TributaryError `data/bad-row`, `data/bad-label`, `data/not-finite`, `data/out-of-bounds` */
export function labelReader(label: ColumnLabel, settings: FileSettings): LabelReader {
  const at = placeOf(settings.file, label.name);
  const bad = (line: number, what: string) =>
    new TributaryError('data/bad-label', `${at(line)}: ${what}; correct the row, or remove it`);
  const read = label.type === 'number' ? numberReader(label, at) : indexReader(label.classes);
  return (value, line) => {
    const text = textOf(value, settings.missing, at, line);
    if (text === null) throw bad(line, 'the label is missing');
    const found = read(text, line);
    if (found === undefined) throw bad(line, "not one of the label's classes");
    return found;
  };
}

function typedReader(column: Column, at: Place): (text: string, line: number) => Cell {
  switch (column.type) {
    case 'number':
      return numberReader(column, at);
    case 'category': {
      const indexOf = indexReader(column.vocabulary);
      return (text, line) => {
        const index = indexOf(text);
        if (index !== undefined) return index;
        throw new TributaryError(
          'data/unknown-word',
          `${at(line)}: not a word of the column's vocabulary; correct the row, or add the word to the schema`,
        );
      };
    }
    case 'text':
      return (text, line) => {
        // Only JSON can hold one; it has no bytes in UTF-8.
        if (/\p{Cs}/u.test(text)) throw badRow(`${at(line)}: half a surrogate pair, which is no text`);
        return text.normalize('NFC');
      };
    default:
      return column satisfies never;
  }
}

const placeOf =
  (file: string, name: string): Place =>
  (line) =>
    `${file}, line ${line}, column ${name}`;

function indexReader(words: readonly string[]): (text: string) => number | undefined {
  const indices = new Map(words.map((word, index) => [word, index]));
  return (text) => indices.get(text.normalize('NFC'));
}

function numberReader(
  { minimum, maximum }: Readonly<{ minimum: string | null; maximum: string | null }>,
  at: Place,
): (text: string, line: number) => number {
  const least = minimum === null ? -Infinity : Number(minimum);
  const most = maximum === null ? Infinity : Number(maximum);
  return (text, line) => {
    const value = Number(text);
    const isNumber = number.test(text);
    if (isNumber ? !Number.isFinite(value) : notFinite.test(text)) {
      throw new TributaryError(
        'data/not-finite',
        `${at(line)}: not a finite number; correct the row, or remove it`,
      );
    }
    if (!isNumber) throw badRow(`${at(line)}: not a number`);
    if (value < least || value > most) {
      throw new TributaryError(
        'data/out-of-bounds',
        `${at(line)}: outside the column's bounds; correct the row, or widen the schema's bounds`,
      );
    }
    // −0 is 0: they are equal, and would be committed to by other bytes.
    return value + 0;
  };
}

/** A value as trimmed text, or null where it is missing. */
function textOf(value: unknown, missing: ReadonlySet<string>, at: Place, line: number): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw badRow(`${at(line)}: neither text nor a number`);
  }
  const text = String(value).trim();
  return missing.has(text) ? null : text;
}
