/** What an owner should know of a file before its schema becomes public and models learn from it. protocol.md §6.1 */
import type { ColumnLabel } from '../columns.ts';
import { minimumRows } from '../read-rows.ts';
import type { WrittenSchema } from '../schema.ts';
import type { ColumnProfile } from './column-profile.ts';
import { identifierReason } from './identifier.ts';
import type { FileProfile } from './inspect-file.ts';
import { isUsable } from './propose.ts';

export type Warning = Readonly<{
  warning:
    | 'identifier'
    | 'label-leak'
    | 'label-missing'
    | 'too-few-rows'
    | 'few-rows'
    | 'unusable'
    | 'constant'
    | 'missing'
    | 'mixed'
    | 'rare-word'
    | 'imbalance'
    | 'public-bounds';
  /** Registration stops at it, unless told otherwise. */
  blocking: boolean;
  column: string | null;
  detail: string;
}>;

const fewRows = 50;
const muchMissing = 0.3;
const mostlyNumbers = 0.9;
const rareRows = 5;
const smallShare = 0.05;

/** @param schema the one that was proposed for the file, or its owner's own */
export function warningsOf({ rows, columns, label }: FileProfile, schema: WrittenSchema): Warning[] {
  return [
    ...rowWarnings(rows),
    ...labelWarnings(label, schema.label, rows),
    ...columns.flatMap((profile) => columnWarnings(profile, rows)),
    ...schema.columns.flatMap((column) => {
      const values = columns.find(({ name }) => name === column.name)?.values;
      return column.type === 'category' && values ? rareWords(column.name, values) : [];
    }),
    ...boundsNote(schema),
  ];
}

const warn = (
  warning: Warning['warning'],
  column: string | null,
  detail: string,
  blocking = false,
): Warning => ({
  warning,
  blocking,
  column,
  detail,
});

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

function rowWarnings(rows: number): Warning[] {
  if (rows < minimumRows) {
    return [warn('too-few-rows', null, `${rows} rows: a dataset needs at least ${minimumRows}`, true)];
  }
  return rows < fewRows
    ? [warn('few-rows', null, `only ${rows} rows: a model may remember single ones`)]
    : [];
}

function columnWarnings(profile: ColumnProfile, rows: number): Warning[] {
  const { name, present, missing, numbers, nested, distinct, firstText, tellsLabel } = profile;
  if (!isUsable(profile)) {
    return [
      warn(
        'unusable',
        name,
        nested > 0 ? 'it has objects or lists: it is left out' : 'it is empty: it is left out',
      ),
    ];
  }
  const found: Warning[] = [];
  const reason = identifierReason(profile);
  if (reason) found.push(warn('identifier', name, `${reason}: leave it out, models must not learn it`, true));
  if (tellsLabel) {
    found.push(
      warn('label-leak', name, 'it says what the label says: leave it out, or nothing is learned', true),
    );
  }
  if (distinct === 1 && missing === 0)
    found.push(warn('constant', name, 'the same value in all rows teaches nothing'));
  if (missing / rows > muchMissing)
    found.push(warn('missing', name, `${percent(missing / rows)} of its values are missing`));
  if (numbers < present && numbers / present >= mostlyNumbers) {
    found.push(
      warn('mixed', name, `${present - numbers} values are no numbers, the first in line ${firstText ?? 0}`),
    );
  }
  return found;
}

function labelWarnings(profile: ColumnProfile, label: ColumnLabel, rows: number): Warning[] {
  const { name, missing, values } = profile;
  const found: Warning[] = [];
  if (missing > 0) {
    found.push(
      warn('label-missing', name, `${missing} rows have no label: fill it in, or remove them`, true),
    );
  }
  if (label.type !== 'class' || !values) return found;
  const counts = [...values].sort(([, a], [, b]) => a - b);
  const [rarest] = counts;
  if (rarest && rarest[1] / rows < smallShare) {
    found.push(warn('imbalance', name, `class ${rarest[0]} has ${percent(rarest[1] / rows)} of the rows`));
  }
  return [...found, ...rareWords(name, values)];
}

/** A word that few rows have tells of these rows that they are here. */
function rareWords(name: string, values: ReadonlyMap<string, number>): Warning[] {
  const rare = [...values.values()].filter((count) => count < rareRows).length;
  return rare === 0
    ? []
    : [
        warn(
          'rare-word',
          name,
          `${rare} public words occur in fewer than ${rareRows} rows: merge or remove them`,
        ),
      ];
}

function boundsNote({ columns, label }: WrittenSchema): Warning[] {
  const bounded = [...columns, label].some(
    (one) => one.type === 'number' && (one.minimum !== null || one.maximum !== null),
  );
  return bounded
    ? [
        warn(
          'public-bounds',
          null,
          "bounds and vocabularies are public; exact extremes would be some rows' own, so widen them, or write null",
        ),
      ]
    : [];
}
