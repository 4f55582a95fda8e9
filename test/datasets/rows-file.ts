/** Files of rows for tests, and schemas for them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRows, type Row } from '#datasets/read-rows.ts';
import { defaultReading, type Schema } from '#datasets/schema.ts';

/** One of each type: age, sex (may be missing), note; and a class. */
export const patients: Schema = {
  reading: defaultReading('rows.csv'),
  columns: [
    { type: 'number', name: 'age', minimum: null, maximum: null, missing: true },
    { type: 'category', name: 'sex', vocabulary: ['f', 'm'], missing: true },
    { type: 'text', name: 'note', missing: true },
  ],
  label: { type: 'class', name: 'ill', classes: ['no', 'yes'] },
};

/** Numbers alone, and a class of 0 and 1. */
export const numbersOnly: Schema = {
  reading: defaultReading('rows.csv'),
  columns: ['age', 'dose'].map((name) => ({
    type: 'number' as const,
    name,
    minimum: null,
    maximum: null,
    missing: false,
  })),
  label: { type: 'class', name: 'ill', classes: ['0', '1'] },
};

export const asJsonLines = (schema: Schema): Schema => ({
  ...schema,
  reading: { ...schema.reading, format: 'jsonl' },
});

export function fileIn(folder: string, content: string | Uint8Array, name = 'rows.csv'): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

export async function allRows(file: string, schema: Schema, least = 1): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readRows(file, schema, least)) rows.push(row);
  return rows;
}
