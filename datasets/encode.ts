/** An owner's file as a recipe's numbers, read in one pass: the rows that training takes. protocol.md §6.5 */
import { tmpdir } from 'node:os';
import { TributaryError } from '#crypto/error.ts';
import type { Recipe } from '#protocol/recipe/recipe.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { rowCommitment } from './commitment.ts';
import { rowEncoder } from './encoding/encoder.ts';
import { rowStore, type HeldRows } from './encoding/row-store.ts';
import { minimumRows, readRows } from './read-rows.ts';
import { rowBytes } from './row-bytes.ts';
import type { Schema } from './schema.ts';

export type EncodeOptions = Readonly<{
  /** Bytes of encoded rows that stay in memory, 256 MiB where it is left out; more go to a scratch file. */
  memoryLimit?: number;
  /** The folder of the scratch file, the system's temporary one where it is left out. */
  folder?: string;
  /** What the rows must be: the registered commitment, and its salt. */
  committed?: Readonly<{ root: Bytes32; salt: Uint8Array }>;
  /** Fewer rows are refused. */
  least?: number;
}>;

const defaultLimit = 256 * 1024 * 1024;

/**
 * Encodes all rows; the file is read once, whatever its size.
 *
 * @returns rows to be closed in the end
 * @throws TributaryError `data/…` as `readRows` and `rowEncoder`, `data/scratch`; `data/other-rows` where the file is not
 *   what was committed to
 */
export async function encodeRows(
  file: string,
  schema: Schema,
  recipe: Pick<Recipe, 'features' | 'label'>,
  { memoryLimit = defaultLimit, folder = tmpdir(), committed, least = minimumRows }: EncodeOptions = {},
): Promise<HeldRows> {
  const { width, encode } = rowEncoder(file, schema, recipe);
  const commitment = committed && rowCommitment(committed.salt);
  const record = new Float32Array(width + 1);
  const store = rowStore({ width, memoryLimit, folder });
  try {
    for await (const row of readRows(file, schema, least)) {
      commitment?.add(rowBytes(schema, row));
      encode(row, record);
      store.add(record);
    }
    if (commitment && commitment.root() !== committed.root) throw otherRows(file);
    return store.rows();
  } catch (error) {
    store.close();
    throw error;
  }
}

/** The file has changed since it was registered. */
export const otherRows = (file: string): TributaryError =>
  new TributaryError(
    'data/other-rows',
    `${file} is not what its dataset was registered with: use the same file and salt, or register anew`,
  );
