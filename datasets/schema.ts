/** The schema of an owner's file: its columns, which are public, and how it is read, which is not. protocol.md §6.1 */
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { TributaryError } from '#crypto/error.ts';
import { columnLabelSchema, columnsSchema, repeatedName, type Columns } from './columns.ts';

const readingSchema = z.strictObject({
  /** CSV with a header, RFC 4180; or JSON lines, one object a line. */
  format: z.enum(['csv', 'jsonl']),
  /** Between the fields of a CSV. */
  delimiter: z.enum([',', ';', '\t', '|']),
  /** Fields that stand for a missing value, spaces at their ends taken off. */
  missingTokens: z.array(z.string().max(100)).max(100),
});

/** How a file is read. */
export type Reading = Readonly<z.infer<typeof readingSchema>>;

export const schemaSchema = z
  .strictObject({
    kind: z.literal('tributary/schema'),
    version: z.literal(1),
    reading: readingSchema,
    columns: columnsSchema,
    label: columnLabelSchema,
  })
  .superRefine((schema, context) => {
    const wrong = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const repeated = repeatedName(schema);
    if (repeated !== undefined) wrong('columns', `the column ${repeated} is named twice`);
    const tokens = new Set(schema.reading.missingTokens);
    const word = wordsOf(schema).find((one) => tokens.has(one));
    if (word !== undefined)
      wrong('reading', `"${word}" can not be a word and a missing value: take it from missingTokens`);
  });

export type Schema = Columns & Readonly<{ reading: Reading }>;
/** A schema as it is written to a file. */
export type WrittenSchema = Readonly<z.infer<typeof schemaSchema>>;

const wordsOf = ({ columns, label }: Columns): string[] => [
  ...columns.flatMap((column) => (column.type === 'category' ? column.vocabulary : [])),
  ...(label.type === 'class' ? label.classes : []),
];

/** What an unknown file's name says of how to read it; `.gz` at its end is taken off. */
export function defaultReading(file: string): Reading {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  return {
    format: /\.(jsonl|ndjson)$/.test(name) ? 'jsonl' : 'csv',
    delimiter: /\.(tsv|tab)$/.test(name) ? '\t' : ',',
    missingTokens: ['', 'NA', 'N/A', 'NaN', 'null', '?'],
  };
}

/** @throws TributaryError `schema/invalid` naming the path */
export function checkSchema(schema: unknown): WrittenSchema {
  const parsed = schemaSchema.safeParse(schema);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new TributaryError(
    'schema/invalid',
    `the schema's ${issue?.path.join('.') || 'outermost part'}: ${issue?.message ?? 'not a schema'}`,
  );
}

/** @param file JSON, or YAML @throws TributaryError `schema/unreadable`, `schema/invalid` */
export function readSchema(file: string): WrittenSchema {
  let written: unknown;
  try {
    written = parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new TributaryError(
      'schema/unreadable',
      existsSync(file)
        ? `${file} is no JSON or YAML that can be read: write one with tributary owner inspect --write`
        : `there is no ${file}: write one with tributary owner inspect --write`,
      { cause },
    );
  }
  return checkSchema(written);
}

export const writeSchema = (schema: WrittenSchema): string => `${JSON.stringify(schema, null, 2)}\n`;
