/** What the columns of a dataset are: types, public bounds and vocabularies, as its owner declares them. protocol.md §6.1 */
import { z } from 'zod';
import { decimal } from '#protocol/units.ts';

/** What a reader would not see, or would see otherwise, can not name a column or a value. */
export const isPlain = (text: string): boolean =>
  text === text.trim() &&
  text === text.normalize('NFC') &&
  !/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u.test(text);

const plain = z
  .string()
  .min(1)
  .max(100)
  .refine(isPlain, 'expected text in NFC, without control characters and without spaces at its ends');

const distinct = (words: readonly string[]): boolean => new Set(words).size === words.length;
const words = (least: number) =>
  z.array(plain).min(least).max(1_000).refine(distinct, 'expected each word once');

type Bounds = Readonly<{ minimum: string | null; maximum: string | null }>;
const bounds = { minimum: decimal.nullable(), maximum: decimal.nullable() };
const areOrdered = ({ minimum, maximum }: Bounds): boolean =>
  [minimum, maximum].every((bound) => bound === null || Number.isFinite(Number(bound))) &&
  (minimum === null || maximum === null || Number(minimum) < Number(maximum));
const ordered = 'expected finite bounds, the minimum below the maximum';

export const columnSchema = z.discriminatedUnion('type', [
  /** A number; one outside the bounds is refused, so they hold for every row. */
  z
    .strictObject({ type: z.literal('number'), name: plain, ...bounds, missing: z.boolean() })
    .refine(areOrdered, ordered),
  /** One word of a public vocabulary. */
  z.strictObject({ type: z.literal('category'), name: plain, vocabulary: words(1), missing: z.boolean() }),
  /** Any text. */
  z.strictObject({ type: z.literal('text'), name: plain, missing: z.boolean() }),
]);

/** What is predicted; it is never missing. */
export const columnLabelSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('class'), name: plain, classes: words(2) }),
  z.strictObject({ type: z.literal('number'), name: plain, ...bounds }).refine(areOrdered, ordered),
]);

export const columnsSchema = z.array(columnSchema).min(1).max(1_000);

/** One column; `missing` says whether a row may lack its value. */
export type Column = Readonly<z.infer<typeof columnSchema>>;
export type ColumnLabel = Readonly<z.infer<typeof columnLabelSchema>>;

/** The columns of a dataset, in the order in which its rows are committed to, and its label. */
export type Columns = Readonly<{ columns: readonly Column[]; label: ColumnLabel }>;

/** Names of the columns, the label last. */
export const namesOf = ({ columns, label }: Columns): string[] => [
  ...columns.map(({ name }) => name),
  label.name,
];

/** A name that stands twice among columns and label. */
export function repeatedName(dataset: Columns): string | undefined {
  const names = namesOf(dataset);
  return names.find((name, at) => names.indexOf(name) !== at);
}
