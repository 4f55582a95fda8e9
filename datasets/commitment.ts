/**
 * A commitment to private rows: the Merkle root (§1.4) over salted rows. protocol.md §1.4, §6.1
 * Rows have little entropy (a class, a few measurements), so each gets a salt of its own: opening one row tells
 * nothing that would let anyone guess its neighbours.
 */
import { concat, lp, u32, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder, merklePath, verifyPath } from '#crypto/merkle.ts';
import { platform } from '#platform';
import type { Table } from './table.ts';

/** Shows that one row is in a commitment. */
export type RowProof = Readonly<{
  index: number;
  /** Rows in the dataset. */
  size: number;
  salt: Uint8Array;
  path: readonly Uint8Array[];
}>;

/** A row's bytes: each feature as a big-endian float64, then the label as one byte. */
export function rowBytes({ features, values, labels }: Table, index: number): Uint8Array {
  const width = features.length;
  const bytes = new Uint8Array(width * 8 + 1);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < width; i++) view.setFloat64(i * 8, values[index * width + i] ?? Number.NaN);
  bytes[width * 8] = labels[index] ?? 255;
  return bytes;
}

/**
 * The root over all rows.
 *
 * @param salt 32 random bytes, kept with the data and as secret
 * @throws TributaryError `commitment/salt` if it is not 32 bytes
 */
export function commitRows(rows: Iterable<Uint8Array>, salt: Uint8Array): Uint8Array {
  assertSalt(salt);
  const tree = new MerkleBuilder();
  let index = 0;
  for (const row of rows) tree.push(leafData(rowSalt(salt, index++), row));
  return tree.root();
}

/** The root over a table. @throws TributaryError `commitment/salt` */
export const commitTable = (table: Table, salt: Uint8Array): Uint8Array => commitRows(rowsOf(table), salt);

/** What opens one row of a table; the row's bytes go beside it. @throws TributaryError `merkle/index`, `commitment/salt` */
export function openRow(table: Table, index: number, salt: Uint8Array): RowProof {
  assertSalt(salt);
  const leaves = [...rowsOf(table)].map((row, i) => leafData(rowSalt(salt, i), row));
  return { index, size: table.rows, path: merklePath(leaves, index), salt: rowSalt(salt, index) };
}

/** Whether a row is the one that the root commits to at the proof's place. */
export function verifyRow(root: Uint8Array, row: Uint8Array, { index, size, salt, path }: RowProof): boolean {
  return salt.length === 32 && verifyPath(leafData(salt, row), index, size, path, root);
}

function* rowsOf(table: Table): Generator<Uint8Array, void, undefined> {
  for (let i = 0; i < table.rows; i++) yield rowBytes(table, i);
}

const leafData = (salt: Uint8Array, row: Uint8Array): Uint8Array => concat(salt, row);

function rowSalt(salt: Uint8Array, index: number): Uint8Array {
  const info = concat(lp(utf8('tributary/v1/row')), u32(index));
  return platform.hkdfSha256(salt, new Uint8Array(), info, 32);
}

function assertSalt(salt: Uint8Array): void {
  if (salt.length === 32) return;
  throw new TributaryError(
    'commitment/salt',
    `a dataset's salt is 32 random bytes, this one has ${salt.length}`,
  );
}
