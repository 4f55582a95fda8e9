/** What an owner publishes of its file: the schema that it chose, and the descriptor that follows. protocol.md §6.1 */
import { TributaryError } from '#crypto/error.ts';
import { commitFile } from '#datasets/commitment.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { inspectFile } from '#datasets/inspect/inspect-file.ts';
import { proposeSchema } from '#datasets/inspect/propose.ts';
import { warningsOf } from '#datasets/inspect/warnings.ts';
import { makePolicy } from '#datasets/policy.ts';
import { readSchema, type WrittenSchema } from '#datasets/schema.ts';
import { layerClasses } from '#model/keras/configs.ts';
import { weightBucket } from '#protocol/rules/weight.ts';
import { progress } from '../output.ts';

/** What the owner says of its file. */
export type Described = Readonly<{
  data: string;
  schema?: string;
  label?: string;
  leaveOut: string[];
  acceptWarnings?: boolean;
  name: string;
  description: string;
  license: string;
  peers: string[];
  minimumCohort: number;
  maximumRounds: number;
  layers?: string[];
}>;

/**
 * The owner's own schema, or the one that the file suggests.
 *
 * @throws TributaryError `schema/none`, `inspect/warnings` where the file has what a proposal should not publish or
 *   teach and the owner did not accept it, `schema/…`, `inspect/…`, `data/…`
 */
export async function schemaFrom(options: Described): Promise<WrittenSchema> {
  const { data, schema: path, label, leaveOut, acceptWarnings = false } = options;
  if (path !== undefined) return readSchema(path);
  if (label === undefined) {
    throw new TributaryError('schema/none', `say what ${data} holds: give --schema, or --label alone`);
  }
  const profile = await inspectFile(data, label, leaveOut);
  const schema = proposeSchema(profile);
  const blocking = warningsOf(profile, schema).filter((warning) => warning.blocking);
  for (const { warning, column, detail } of blocking)
    progress(`WARNING ${warning} ${column ?? data}: ${detail}`);
  if (blocking.length > 0 && !acceptWarnings) {
    const names = blocking.map(({ warning, column }) => (column === null ? warning : `${warning} ${column}`));
    throw new TributaryError(
      'inspect/warnings',
      `${data}: ${names.join(', ')}: use --leave-out or a --schema, or --accept-warnings`,
    );
  }
  return schema;
}

/**
 * @param price base units a round: what the policy asks at least
 * @param date as 2026-11-24
 * @returns the descriptor's bytes, and how many rows it commits to, as a power of two
 */
export async function describe(
  options: Described,
  schema: WrittenSchema,
  { price, salt, date }: Readonly<{ price: bigint; salt: Uint8Array; date: string }>,
): Promise<Readonly<{ bytes: Uint8Array; rows: number }>> {
  const { root, rows } = await commitFile(options.data, schema, salt);
  const bytes = describeDataset({
    name: options.name,
    description: options.description,
    license: options.license,
    creator: options.name,
    datePublished: date,
    url: null,
    columns: schema.columns,
    label: schema.label,
    rowsBucket: weightBucket(rows),
    rowsRoot: root,
    policy: makePolicy({
      peers: options.peers,
      minimumCohort: options.minimumCohort,
      minimumPrice: price,
      maximumRounds: options.maximumRounds,
      layers: options.layers ?? layerClasses,
      coordinators: 'any',
    }),
  });
  return { bytes, rows: weightBucket(rows) };
}
