/**
 * How a job turns an owner's columns into a model's numbers. protocol.md §6.5
 * The job says it, in public: bounds come from descriptors or from the buyer's own rows, never from an owner's rows,
 * so every owner encodes alike and none tells anything by it.
 */
import { z } from 'zod';
import { decimal } from '../units.ts';

const name = z.string().min(1).max(100);
const word = z.string().min(1).max(100);
const distinct = (words: readonly string[]): boolean => new Set(words).size === words.length;
const vocabulary = (most: number) =>
  z.array(word).min(1).max(most).refine(distinct, 'expected each entry once');

/** One number: (x − centre) / scale. A missing value is refused, or stands at the centre. */
const numberFeature = z.strictObject({
  type: z.literal('number'),
  name,
  centre: decimal,
  scale: decimal,
  missing: z.enum(['refuse', 'centre']),
});

/** One number an entry: 1 at the value's place and 0 elsewhere; all 0 where it is missing. */
const categoryFeature = z.strictObject({
  type: z.literal('category'),
  name,
  vocabulary: vocabulary(1_000),
  missing: z.enum(['refuse', 'zeros']),
  /** Whether a value outside the vocabulary is refused, or all zeros. */
  unknown: z.enum(['refuse', 'zeros']),
});

/** `length` token numbers: 0 fills up, 1 is a word outside the vocabulary, entry i is i + 2. A missing text is empty. */
const textFeature = z.strictObject({
  type: z.literal('text'),
  name,
  vocabulary: vocabulary(20_000),
  length: z.int().min(1).max(4_096),
});

export const featureSchema = z.discriminatedUnion('type', [numberFeature, categoryFeature, textFeature]);

export const labelSchema = z.discriminatedUnion('type', [
  /** A class is the place of its name in `classes`. */
  z.strictObject({
    type: z.literal('class'),
    name,
    classes: z.array(word).min(2).max(1_000).refine(distinct, 'expected each class once'),
  }),
  /** The target is (y − centre) / scale. */
  z.strictObject({ type: z.literal('number'), name, centre: decimal, scale: decimal }),
]);

export type Feature = Readonly<z.infer<typeof featureSchema>>;
export type Label = Readonly<z.infer<typeof labelSchema>>;

/** The token number of the first entry of a vocabulary. */
export const firstToken = 2;

/** How many numbers a feature gives. */
export function widthOf(feature: Feature): number {
  switch (feature.type) {
    case 'number':
      return 1;
    case 'category':
      return feature.vocabulary.length;
    case 'text':
      return feature.length;
    default:
      return feature satisfies never;
  }
}

/** How many numbers a row gives: the size of the model's input. */
export const encodedWidth = (features: readonly Feature[]): number =>
  features.reduce((sum, feature) => sum + widthOf(feature), 0);
