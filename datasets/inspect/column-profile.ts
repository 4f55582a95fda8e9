/** What a column holds, gathered row by row in bounded memory. */
import { distinctValues } from './distinct.ts';

export type ColumnProfile = Readonly<{
  name: string;
  /** Rows with a value, and without one. */
  present: number;
  missing: number;
  /** How many values are numbers, whole ones, identifiers by their form, words with spaces; objects or lists. */
  numbers: number;
  integers: number;
  addresses: number;
  spaced: number;
  nested: number;
  /** Of the numbers; null where there is none. */
  minimum: number | null;
  maximum: number | null;
  /** Characters of the longest value. */
  longest: number;
  /** The first line with a value that is no number. */
  firstText: number | null;
  distinct: number;
  /** How often each value occurs, while they are few and short. */
  values: ReadonlyMap<string, number> | null;
  /** Its values and the label's stand for one another, in all rows that have both. */
  tellsLabel: boolean;
}>;

export type ColumnProfiler = Readonly<{
  /** @param value as text, null where it is missing, undefined where it is an object or a list */
  add(value: string | null | undefined, line: number, label: string | null): void;
  /** @param rows of the file: those that never named the column lack it */
  profile(rows: number): ColumnProfile;
}>;

const numeric = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** A mail address, or a UUID. */
const address = /^([^\s@]+@[^\s@]+\.[a-z]{2,}|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12})$/i;

export function columnProfiler(name: string): ColumnProfiler {
  const distinct = distinctValues();
  const counts = { present: 0, numbers: 0, integers: 0, addresses: 0, spaced: 0, nested: 0, longest: 0 };
  let [minimum, maximum]: [number | null, number | null] = [null, null];
  let firstText: number | null = null;
  const pairs = labelPairs();
  return {
    add(value, line, label) {
      if (value === null) return;
      counts.present += 1;
      if (value === undefined) {
        counts.nested += 1;
        return;
      }
      distinct.add(value);
      if (label !== null) pairs.add(value, label);
      counts.longest = Math.max(counts.longest, value.length);
      if (address.test(value)) counts.addresses += 1;
      if (/\s/.test(value)) counts.spaced += 1;
      const number = Number(value);
      if (!numeric.test(value) || !Number.isFinite(number)) {
        firstText ??= line;
        return;
      }
      counts.numbers += 1;
      if (Number.isInteger(number)) counts.integers += 1;
      minimum = Math.min(minimum ?? number, number);
      maximum = Math.max(maximum ?? number, number);
    },
    profile: (rows) => ({
      name,
      ...counts,
      missing: rows - counts.present,
      minimum,
      maximum,
      firstText,
      distinct: distinct.count(),
      values: distinct.values(),
      tellsLabel: pairs.matched(),
    }),
  };
}

const mostPairs = 1_000;

/** Whether two columns are the same but for how their values are written. */
function labelPairs(): Readonly<{ add(value: string, label: string): void; matched(): boolean }> {
  const labels = new Map<string, string>();
  const values = new Map<string, string>();
  let match = true;
  let equal = true;
  return {
    add(value, label) {
      equal &&= value === label;
      if (!match) return;
      if (labels.size < mostPairs) {
        match = (labels.get(value) ?? label) === label && (values.get(label) ?? value) === value;
        labels.set(value, label);
        values.set(label, value);
      } else {
        // So many different values are compared as they are written.
        match = equal;
      }
    },
    matched: () => match && labels.size > 1,
  };
}
