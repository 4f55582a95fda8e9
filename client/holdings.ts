/** An owner's dataset on its own machine: rows that match what was published of them, and the policy. protocol.md §6.1 */
import { equalBytes, fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { commitTable } from '#datasets/commitment.ts';
import { loadCsv } from '#datasets/csv.ts';
import type { BlockSource } from '#datasets/blockstore.ts';
import { parseDescriptor, type Descriptor } from '#datasets/descriptor.ts';
import { standardise, type Table, type TrainingRows } from '#datasets/table.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { Recipe } from '#protocol/recipe.ts';
import { fromDecimal, type Bytes32 } from '#protocol/units.ts';
import type { ChainReads } from './chain.ts';

export type Holdings = Readonly<{
  dataset: number;
  descriptor: Descriptor;
  /** Digest of the descriptor's block, as the registry has it. */
  digest: Bytes32;
  table: Table;
}>;

/**
 * Reads the CSV and holds it against the dataset's registered descriptor.
 *
 * @param salt 32 bytes, as at registration
 * @throws TributaryError `data/other-rows` where the file is not what was registered, and those of the CSV, the
 *   descriptor, IPFS and the chain
 */
export async function loadHoldings(
  from: Readonly<{ dataset: number; csv: string; salt: Uint8Array; chain: ChainReads; store: BlockSource }>,
): Promise<Holdings> {
  const { dataset, csv, salt, chain, store } = from;
  const digest = await chain.descriptor();
  const descriptor = parseDescriptor(await store.get(cidFromDigest('raw', fromHex(digest))));
  const table = await loadCsv(csv, { features: descriptor.features, label: descriptor.label });
  if (!equalBytes(commitTable(table, salt), fromHex(descriptor.rowsRoot))) {
    throw new TributaryError(
      'data/other-rows',
      `${csv} is not what dataset ${dataset} was registered with: use the same file and salt, or register anew`,
    );
  }
  return { dataset, descriptor, digest, table };
}

/**
 * The rows as a job's recipe wants them: its columns in its order, standardised by its bounds.
 *
 * @throws TributaryError `data/missing-column` where the dataset lacks one, and those of `standardise`
 */
export function rowsFor(
  { table, descriptor }: Pick<Holdings, 'table' | 'descriptor'>,
  recipe: Recipe,
): TrainingRows {
  const columns = recipe.features.map(({ name }) => columnOf(table, name));
  if (recipe.label.name !== descriptor.label) throw missing(recipe.label.name);
  const values = new Float64Array(table.rows * columns.length);
  for (let row = 0; row < table.rows; row++) {
    columns.forEach((column, at) => {
      values[row * columns.length + at] = table.values[row * table.features.length + column] ?? Number.NaN;
    });
  }
  const features = recipe.features.map(({ name }) => name);
  const bounds = recipe.features.map(({ centre, scale }) => ({
    centre: fromDecimal(centre),
    scale: fromDecimal(scale),
  }));
  return standardise({ features, rows: table.rows, values, labels: table.labels }, bounds);
}

function columnOf({ features }: Table, name: string): number {
  const column = features.indexOf(name);
  if (column < 0) throw missing(name);
  return column;
}

const missing = (name: string) =>
  new TributaryError(
    'data/missing-column',
    `the recipe asks for the column ${name}, which this dataset has not`,
  );
