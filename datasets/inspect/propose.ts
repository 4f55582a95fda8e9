/** The schema that an inspected file suggests. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import { isPlain, type Column, type ColumnLabel } from '../columns.ts';
import { checkSchema, type WrittenSchema } from '../schema.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { FileProfile } from './inspect-file.ts';
import { tidyBounds } from './tidy-bounds.ts';

/** Texts with so few different values, or with so few against the rows, are categories. */
const fewWords = 20;
const rowsPerWord = 20;
const mostClasses = 100;
const mostNumberClasses = 20;

/**
 * @throws TributaryError `inspect/no-label` where the label is neither a few classes nor a number, `schema/invalid`
 *   where nothing is left to learn from, or a name can not stand in a schema
 */
export function proposeSchema({ reading, rows, columns, label }: FileProfile): WrittenSchema {
  return checkSchema({
    kind: 'tributary/schema',
    version: 1,
    reading,
    columns: columns.filter(isUsable).map((profile) => proposeColumn(profile, rows)),
    label: proposeLabel(label),
  });
}

/** Nothing can be learned from a column without values, or with objects in it. */
export const isUsable = ({ present, nested }: ColumnProfile): boolean => present > 0 && nested === 0;

function proposeColumn(profile: ColumnProfile, rows: number): Column {
  const { name } = profile;
  const missing = profile.missing > 0;
  if (isNumber(profile)) return { type: 'number', name, ...boundsOf(profile), missing };
  const words = wordsOf(profile);
  return words && (words.length <= fewWords || words.length * rowsPerWord <= rows)
    ? { type: 'category', name, vocabulary: words, missing }
    : { type: 'text', name, missing };
}

function proposeLabel(profile: ColumnProfile): ColumnLabel {
  const { name, present, integers } = profile;
  const words = wordsOf(profile);
  const isNumeric = isNumber(profile);
  const most = isNumeric ? mostNumberClasses : mostClasses;
  if (words && words.length >= 2 && words.length <= most && (!isNumeric || integers === present)) {
    return { type: 'class', name, classes: words };
  }
  if (isNumeric && isUsable(profile)) return { type: 'number', name, ...boundsOf(profile) };
  throw new TributaryError(
    'inspect/no-label',
    `the column ${name} is neither a number nor one of 2 to ${mostClasses} classes: name another with --label`,
  );
}

const isNumber = ({ present, numbers }: ColumnProfile): boolean => present > 0 && numbers === present;

const boundsOf = ({ minimum, maximum }: ColumnProfile) => tidyBounds(minimum ?? 0, maximum ?? 0);

/** The column's values, where they can stand in a vocabulary: numbers by size, words by their letters. */
function wordsOf(profile: ColumnProfile): string[] | null {
  if (!profile.values || profile.nested > 0) return null;
  const words = [...profile.values.keys()];
  if (!words.every(isPlain)) return null;
  return isNumber(profile) ? words.sort((a, b) => Number(a) - Number(b)) : words.sort();
}
