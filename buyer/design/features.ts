/** From public columns to a recipe's features and label: the same descriptors and rows give the same. protocol.md §6.5 */
import { TributaryError } from '#crypto/error.ts';
import type { Column, ColumnLabel, Columns } from '#datasets/columns.ts';
import type { Feature, Label } from '#protocol/recipe/features.ts';
import { toDecimal, type Decimal } from '#protocol/units.ts';
import type { Measured } from './measured.ts';

export type Sources = Readonly<{
  /** The chosen datasets, ascending. */
  datasets: readonly Columns[];
  /** What the buyer's rows say; null without rows. */
  measured: Measured | null;
  /** Of text columns: words to know, and words a text. */
  vocabulary: readonly string[];
  length: number;
}>;

/** Enough to train by, and little enough to read. */
const digits = 6;
const mostWords = 20_000;
const rounded = (value: number): Decimal => toDecimal(Number(value.toPrecision(digits)));

type Scale = Readonly<{ centre: Decimal; scale: Decimal }>;
type Bounded = Readonly<{ minimum: string | null; maximum: string | null }>;

/**
 * By the buyer's rows, mean and standard deviation; by the bounds of all owners, their middle and half their distance,
 * so that all lies in −1 … 1. A column that does not vary is left as it is.
 */
function scaleOf(name: string, bounded: readonly Bounded[], measured: Measured | null): Scale {
  const spread = measured?.spreads.get(name);
  if (spread) {
    return { centre: rounded(spread.mean), scale: rounded(spread.deviation > 0 ? spread.deviation : 1) };
  }
  const lows = bounded.map(({ minimum }) => minimum);
  const highs = bounded.map(({ maximum }) => maximum);
  if (lows.includes(null) || highs.includes(null)) {
    throw new TributaryError(
      'design/no-bounds',
      `an owner publishes no bounds of the column ${name}: give --held-out, to scale by your own rows`,
    );
  }
  const [low, high] = [Math.min(...lows.map(Number)), Math.max(...highs.map(Number))];
  return { centre: rounded((low + high) / 2), scale: rounded((high - low) / 2) };
}

/** As the first owner orders them where all have the same, else all of them, sorted. */
function merged(lists: readonly (readonly string[])[]): string[] {
  const [first = []] = lists;
  const same = lists.every(
    (list) => list.length === first.length && list.every((word) => first.includes(word)),
  );
  return same ? [...first] : [...new Set(lists.flat())].sort();
}

const ofType = <T extends Column['type']>(columns: readonly Column[], type: T) =>
  columns.filter((column): column is Extract<Column, { type: T }> => column.type === type);

function featureOf(name: string, { datasets, measured, vocabulary, length }: Sources): Feature {
  const columns = datasets.flatMap((dataset) => dataset.columns.filter((column) => column.name === name));
  const lacks = columns.some(({ missing }) => missing);
  switch (columns[0]?.type) {
    case 'number': {
      const scale = scaleOf(name, ofType(columns, 'number'), measured);
      return { type: 'number', name, ...scale, missing: lacks ? 'centre' : 'refuse' };
    }
    case 'category': {
      const words = merged(ofType(columns, 'category').map((column) => column.vocabulary));
      return {
        type: 'category',
        name,
        vocabulary: words,
        missing: lacks ? 'zeros' : 'refuse',
        // No owner has such a word; the buyer's own rows may.
        unknown: 'zeros',
      };
    }
    default:
      return { type: 'text', name, vocabulary: wordsOf(vocabulary, measured), length };
  }
}

function wordsOf(vocabulary: readonly string[], measured: Measured | null): string[] {
  const words = [...new Set(vocabulary.length > 0 ? vocabulary : (measured?.words ?? []))];
  if (words.length > 0) return words.slice(0, mostWords);
  throw new TributaryError(
    'design/no-vocabulary',
    'a text model knows the words that the job lists: give --vocabulary, a file of one a line, or --held-out',
  );
}

function labelOf(name: string, { datasets, measured }: Sources): Label {
  const labels = datasets.map(({ label }) => label);
  const classes = labels.flatMap((label: ColumnLabel) => (label.type === 'class' ? [label.classes] : []));
  if (classes.length > 0) return { type: 'class', name, classes: merged(classes) };
  const bounded = labels.flatMap((label: ColumnLabel) => (label.type === 'number' ? [label] : []));
  return { type: 'number', name, ...scaleOf(name, bounded, measured) };
}

/** @throws TributaryError `design/no-bounds`, `design/no-vocabulary` */
export const featuresOf = (columns: readonly string[], label: string, sources: Sources) => ({
  features: columns.map((name) => featureOf(name, sources)),
  label: labelOf(label, sources),
});

const one = toDecimal(1);
const zero = toDecimal(0);

/** By name and type alone, to read the buyer's rows by. */
export const provisionalOf = (columns: readonly string[], label: string, datasets: readonly Columns[]) =>
  featuresOf(columns, label, {
    datasets: datasets.map((dataset) => ({
      columns: dataset.columns.map((column) =>
        column.type === 'number' ? { ...column, minimum: zero, maximum: one } : column,
      ),
      label:
        dataset.label.type === 'number' ? { ...dataset.label, minimum: zero, maximum: one } : dataset.label,
    })),
    measured: null,
    vocabulary: ['-'],
    length: 1,
  });
