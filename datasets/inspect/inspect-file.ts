/** Looks through an owner's file once, in bounded memory, and gathers what its columns hold. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import { namedRows } from '../reading/records.ts';
import type { Reading } from '../schema.ts';
import { columnProfiler, type ColumnProfile, type ColumnProfiler } from './column-profile.ts';
import { guessReading } from './guess-reading.ts';

export type FileProfile = Readonly<{
  file: string;
  reading: Reading;
  rows: number;
  /** In the file's order, without the label and what was left out. */
  columns: readonly ColumnProfile[];
  label: ColumnProfile;
}>;

const mostColumns = 1_001;
const labelNames = /^(label|target|class|outcome|diagnosis|response|y)$/i;

/**
 * @param label the column to predict; guessed by its name, else the last one, where it is null
 * @param leftOut columns that are not looked at
 * @throws TributaryError `data/unreadable`, `data/empty`, `data/bad-row`, `data/missing-column` where there is no
 *   such label, `data/duplicate-column`, `data/too-many-columns`
 */
export async function inspectFile(
  file: string,
  label: string | null,
  leftOut: readonly string[] = [],
): Promise<FileProfile> {
  const reading = await guessReading(file);
  const missing = new Set(reading.missingTokens);
  const profilers = new Map<string, ColumnProfiler>();
  let target = label;
  let rows = 0;
  const meet = (names: readonly string[]) => {
    const repeated =
      reading.format === 'csv' ? names.find((name, at) => names.indexOf(name) !== at) : undefined;
    if (repeated !== undefined) {
      throw new TributaryError('data/duplicate-column', `${file} has two columns ${repeated}: rename one`);
    }
    for (const name of names) {
      if (!leftOut.includes(name) && !profilers.has(name)) profilers.set(name, columnProfiler(name));
    }
    if (profilers.size > mostColumns) throw tooManyColumns(file);
    target ??= guessLabel([...profilers.keys()]);
  };
  for await (const { line, names, values } of namedRows(file, reading, meet)) {
    if (reading.format === 'jsonl') meet(names);
    rows += 1;
    const labelValue = textOf(values[names.indexOf(target ?? '')], missing) ?? null;
    names.forEach((name, at) => profilers.get(name)?.add(textOf(values[at], missing), line, labelValue));
  }
  const found = [...profilers].map(([name, profiler]) => ({ name, profile: profiler.profile(rows) }));
  const chosen = found.find(({ name }) => name === target);
  if (!chosen) {
    throw new TributaryError(
      'data/missing-column',
      `${file} has no column ${target ?? 'at all'}: name the one to predict with --label`,
    );
  }
  const columns = found.filter((one) => one !== chosen).map(({ profile }) => profile);
  return { file, reading, rows, columns, label: { ...chosen.profile, tellsLabel: false } };
}

const guessLabel = (names: readonly string[]): string | null =>
  names.find((name) => labelNames.test(name)) ?? names.at(-1) ?? null;

/** A value as text; null where it is missing, undefined where it is an object or a list. */
function textOf(value: unknown, missing: ReadonlySet<string>): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value).trim().normalize('NFC');
  return missing.has(text) ? null : text;
}

const tooManyColumns = (file: string) =>
  new TributaryError(
    'data/too-many-columns',
    `${file} has more than ${mostColumns - 1} columns and a label: leave some out with --leave-out`,
  );
