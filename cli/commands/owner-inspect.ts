/** `tributary owner inspect`: what a file holds, the schema that it suggests, and what to mind. protocol.md §6.1 */
import type { Column } from '#datasets/columns.ts';
import { inspectFile, type FileProfile } from '#datasets/inspect/inspect-file.ts';
import { writeNew } from '#datasets/new-file.ts';
import { proposeSchema } from '#datasets/inspect/propose.ts';
import { warningsOf, type Warning } from '#datasets/inspect/warnings.ts';
import { writeSchema, type WrittenSchema } from '#datasets/schema.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';

type InspectOptions = CommonOptions &
  Readonly<{ data: string; label?: string; leaveOut: string[]; write?: string }>;

export async function inspect(options: InspectOptions): Promise<void> {
  const { data, write, leaveOut } = options;
  const { json } = readSettings(options);
  const profile = await inspectFile(data, options.label ?? null, leaveOut);
  const schema = proposeSchema(profile);
  const warnings = warningsOf(profile, schema);
  if (write !== undefined) writeNew(write, writeSchema(schema));
  const { rows, columns, label } = profile;
  result(
    json,
    {
      event: 'inspected',
      rows,
      columns: columns.map(({ name, present, missing, distinct, minimum, maximum }) => ({
        name,
        present,
        missing,
        distinct,
        minimum,
        maximum,
      })),
      label: { name: label.name, missing: label.missing, classes: balanceOf(profile, schema) },
      warnings,
      schema,
      written: write ?? null,
    },
    [...textOf(profile, schema, warnings), nextOf(options, schema, warnings)].join('\n\n'),
  );
}

/** Rows of each class, in the schema's order; null where the label is a number. */
function balanceOf({ label }: FileProfile, schema: WrittenSchema) {
  return schema.label.type === 'class'
    ? schema.label.classes.map((name) => ({ name, rows: label.values?.get(name) ?? 0 }))
    : null;
}

function textOf(profile: FileProfile, schema: WrittenSchema, warnings: readonly Warning[]): string[] {
  const { file, rows, reading, columns, label } = profile;
  const byName = new Map(schema.columns.map((column) => [column.name, column]));
  const balance = balanceOf(profile, schema);
  return [
    `${file}: ${rows} rows of ${reading.format}, label ${label.name} (${schema.label.type})`,
    table(
      ['column', 'type', 'missing', 'distinct', 'public'],
      columns.map(({ name, missing, distinct }) => {
        const column = byName.get(name);
        return [
          name,
          column?.type ?? 'left out',
          String(missing),
          String(distinct),
          column ? publicOf(column) : '',
        ];
      }),
    ),
    ...(balance
      ? [
          table(
            ['class', 'rows', 'share'],
            balance.map(({ name, rows: count }) => [
              name,
              String(count),
              `${((count / rows) * 100).toFixed(1)} %`,
            ]),
          ),
        ]
      : []),
    ...(warnings.length > 0
      ? [
          warnings
            .map(
              ({ warning, blocking, column, detail }) =>
                `${blocking ? 'WARNING' : 'note'} ${warning}${column === null ? '' : ` ${column}`}: ${detail}`,
            )
            .join('\n'),
        ]
      : []),
  ];
}

/** What of a column everyone will see. */
function publicOf(column: Column): string {
  switch (column.type) {
    case 'number':
      return `${column.minimum ?? '−∞'} … ${column.maximum ?? '∞'}`;
    case 'category':
      return `${column.vocabulary.slice(0, 4).join(', ')}${column.vocabulary.length > 4 ? ', …' : ''}`;
    case 'text':
      return 'nothing';
    default:
      return column satisfies never;
  }
}

function nextOf(
  { data, write }: InspectOptions,
  { label }: WrittenSchema,
  warnings: readonly Warning[],
): string {
  const bad = warnings.filter(({ blocking, column }) => blocking && column !== null && column !== label.name);
  const leaveOut = bad.length > 0 ? ` --leave-out ${bad.map(({ column }) => column ?? '').join(',')}` : '';
  return leaveOut === '' && write !== undefined
    ? `Next: read ${write}, then\n  tributary owner register --data ${data} --schema ${write} --name NAME --price AMOUNT --peers 0x…,0x…`
    : `Next:\n  tributary owner inspect --data ${data} --label ${label.name}${leaveOut} --write schema.json`;
}
