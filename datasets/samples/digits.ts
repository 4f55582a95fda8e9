/** The handwritten digits (README.md): rows, column names, the CSV of an owner. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { TributaryError } from '#crypto/error.ts';
import { csvOf, type SampleRow } from './sample-row.ts';

/** Rows and columns of an image. */
export const digitsSide = 8;
const pixels = digitsSide * digitsSide;
/** The largest count of a pixel. */
export const digitsMost = 16;

/** Column names, row by row of the image: `pixel_0_0` … `pixel_7_7`. */
export const digitsFeatures: readonly string[] = Array.from(
  { length: pixels },
  (_, at) => `pixel_${Math.floor(at / digitsSide)}_${at % digitsSide}`,
);
export const digitsLabel = 'digit';
export const digitsClasses: readonly string[] = Array.from({ length: 10 }, (_, digit) => String(digit));

const expectedRows = 1_797;

function parseRow(line: string, index: number): SampleRow {
  const numbers = line.split(',').map((text) => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN));
  const features = numbers.slice(0, -1);
  const label = numbers.at(-1) ?? Number.NaN;
  if (features.length !== pixels || !features.every((count) => count <= digitsMost) || !(label <= 9)) {
    throw new TributaryError(
      'sample/damaged',
      `digits.csv, line ${index + 1}: expected ${pixels} counts and a digit`,
    );
  }
  return { features, label };
}

/** Reads the sample's text. @throws TributaryError `sample/damaged`, naming the line */
export function parseDigits(text: string): SampleRow[] {
  const lines = text.trimEnd().split('\n');
  if (lines.length !== expectedRows) {
    throw new TributaryError(
      'sample/damaged',
      `digits.csv must have ${expectedRows} rows: take digits.csv.gz from the repository`,
    );
  }
  return lines.map(parseRow);
}

/** All 1,797 rows, in the file's order. */
export const loadDigits = (): SampleRow[] =>
  parseDigits(gunzipSync(readFileSync(new URL('digits.csv.gz', import.meta.url))).toString('utf8'));

/** An owner's file. */
export const digitsCsv = (rows: readonly SampleRow[]): string => csvOf(digitsFeatures, digitsLabel, rows);
