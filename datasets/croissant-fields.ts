/**
 * Columns and label as fields of a Croissant record set, and back. protocol.md §6.1
 * Bounds, vocabularies and missing values are terms of ours: Croissant 1.1 has none that hold them in place.
 */
import { z } from 'zod';
import { decimal } from '#protocol/units.ts';
import type { Column, ColumnLabel } from './columns.ts';
import { fileId, recordSetId } from './croissant.ts';

const base = {
  '@type': z.literal('cr:Field'),
  '@id': z.string(),
  name: z.string(),
  source: z.strictObject({
    fileObject: z.strictObject({ '@id': z.literal(fileId) }),
    extract: z.strictObject({ column: z.string() }),
  }),
};
const type = (name: string) => ({ ...base, dataType: z.tuple([z.literal(name)]) });
const labelType = (name: string) => ({
  ...base,
  dataType: z.tuple([z.literal(name), z.literal('cr:Label')]),
});
const missing = { 'tributary:missing': z.boolean() };
const bounds = { 'tributary:minimum': decimal.optional(), 'tributary:maximum': decimal.optional() };
const words = z.array(z.string()).max(1_000);

const boundsOf = (field: z.infer<z.ZodObject<typeof bounds>>) => ({
  minimum: field['tributary:minimum'] ?? null,
  maximum: field['tributary:maximum'] ?? null,
});

/** What a field says: a column, or the label. */
export type Said = Readonly<{ column: Column }> | Readonly<{ label: ColumnLabel }>;
const column = (said: Column): Said => ({ column: said });
const label = (said: ColumnLabel): Said => ({ label: said });

export const fieldSchema = z.union([
  z
    .strictObject({ ...type('sc:Float'), ...missing, ...bounds })
    .transform((field) =>
      column({ type: 'number', name: field.name, ...boundsOf(field), missing: field['tributary:missing'] }),
    ),
  z
    .strictObject({ ...type('sc:Text'), ...missing, 'tributary:vocabulary': words.optional() })
    .transform(({ name, 'tributary:missing': lacks, 'tributary:vocabulary': vocabulary }) =>
      column(
        vocabulary
          ? { type: 'category', name, vocabulary, missing: lacks }
          : { type: 'text', name, missing: lacks },
      ),
    ),
  z
    .strictObject({ ...labelType('sc:Text'), 'tributary:classes': words })
    .transform(({ name, 'tributary:classes': classes }) => label({ type: 'class', name, classes })),
  z
    .strictObject({ ...labelType('sc:Float'), ...bounds })
    .transform((field) => label({ type: 'number', name: field.name, ...boundsOf(field) })),
]);

/** A column as a field. */
export function fieldOf(column: Column) {
  const { name } = column;
  const lacks = { 'tributary:missing': column.missing };
  switch (column.type) {
    case 'number':
      return { ...field(name, 'sc:Float'), ...lacks, ...writtenBounds(column) };
    case 'category':
      return { ...field(name, 'sc:Text'), ...lacks, 'tributary:vocabulary': column.vocabulary };
    case 'text':
      return { ...field(name, 'sc:Text'), ...lacks };
    default:
      return column satisfies never;
  }
}

/** The label as a field. */
export const labelFieldOf = (label: ColumnLabel) =>
  label.type === 'class'
    ? { ...field(label.name, 'sc:Text', 'cr:Label'), 'tributary:classes': label.classes }
    : { ...field(label.name, 'sc:Float', 'cr:Label'), ...writtenBounds(label) };

const field = (name: string, ...dataType: string[]) => ({
  '@type': 'cr:Field',
  '@id': `${recordSetId}/${name}`,
  name,
  dataType,
  source: { fileObject: { '@id': fileId }, extract: { column: name } },
});

const writtenBounds = ({
  minimum,
  maximum,
}: Readonly<{ minimum: string | null; maximum: string | null }>) => ({
  ...(minimum === null ? {} : { 'tributary:minimum': minimum }),
  ...(maximum === null ? {} : { 'tributary:maximum': maximum }),
});
