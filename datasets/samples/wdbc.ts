/** The Wisconsin breast-cancer set (README.md): rows, column names, the CSV of an owner. Label 1 is benign. */
import { readFileSync } from 'node:fs';
import { TributaryError } from '#crypto/error.ts';
import { csvOf, type SampleRow } from './sample-row.ts';

export type { SampleRow };

const measurements = [
  'radius',
  'texture',
  'perimeter',
  'area',
  'smoothness',
  'compactness',
  'concavity',
  'concave_points',
  'symmetry',
  'fractal_dimension',
] as const;

/** Column names in the order of the UCI file. */
export const wdbcFeatures: readonly string[] = ['mean', 'se', 'worst'].flatMap((statistic) =>
  measurements.map((measurement) => `${measurement}_${statistic}`),
);
export const wdbcLabel = 'diagnosis';
/** Malignant and benign, as the source writes them. */
export const wdbcClasses: readonly string[] = ['0', '1'];

const expectedRows = 569;

function parseRow(line: string, index: number): SampleRow {
  // Number('') is 0, which would pass for a measurement.
  const numbers = line.split(',').map((text) => (text.trim() === '' ? Number.NaN : Number(text)));
  const label = numbers.at(-1);
  const features = numbers.slice(0, -1);
  if (
    features.length !== wdbcFeatures.length ||
    !features.every(Number.isFinite) ||
    (label !== 0 && label !== 1)
  ) {
    throw new TributaryError(
      'sample/damaged',
      `wdbc.csv, line ${index + 2}: expected 30 numbers and a label`,
    );
  }
  return { features, label };
}

/**
 * Reads the sample's text: a line of counts and label names, then the rows.
 *
 * @throws TributaryError `sample/damaged`, naming the line
 */
export function parseWdbc(text: string): SampleRow[] {
  const [head, ...lines] = text.trimEnd().split('\n');
  if (head !== `${expectedRows},30,malignant,benign` || lines.length !== expectedRows) {
    throw new TributaryError(
      'sample/damaged',
      `wdbc.csv must have ${expectedRows} rows: take it from the repository`,
    );
  }
  return lines.map(parseRow);
}

/** All 569 rows, in the file's order: 30 measurements as `wdbcFeatures` names them, and 1 for benign, 0 for malignant. */
export const loadWdbc = (): SampleRow[] =>
  parseWdbc(readFileSync(new URL('wdbc.csv', import.meta.url), 'utf8'));

/** An owner's file. */
export const toCsv = (rows: readonly SampleRow[]): string => csvOf(wdbcFeatures, wdbcLabel, rows);
