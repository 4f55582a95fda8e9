/**
 * A commitment to private rows: the Merkle root (§1.4) over salted rows. protocol.md §1.4, §6.1
 * Rows have little entropy (a class, a few measurements), so each gets a salt of its own: opening one row tells
 * nothing that would let anyone guess its neighbours.
 */
import { concat, lp, toHex, u32, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { MerkleBuilder, merklePath, verifyPath } from '#crypto/merkle.ts';
import { platform } from '#platform';
import { toBytes32, type Bytes32 } from '#protocol/units.ts';
import { rowBytes } from './row-bytes.ts';
import { readRows } from './read-rows.ts';
import type { Schema } from './schema.ts';

/** Shows that one row is in a commitment. */
export type RowProof = Readonly<{
  index: number;
  /** Rows in the dataset. */
  size: number;
  salt: Uint8Array;
  path: readonly Uint8Array[];
}>;

/** A commitment that grows with each row and keeps none. */
export type RowCommitment = Readonly<{ add(row: Uint8Array): void; root(): Bytes32 }>;

/**
 * @param salt 32 random bytes, kept with the data and as secret
 * @throws TributaryError `commitment/salt` if it is not 32 bytes
 */
export function rowCommitment(salt: Uint8Array): RowCommitment {
  assertSalt(salt);
  const tree = new MerkleBuilder();
  let rows = 0;
  return {
    add(row) {
      tree.push(leafData(rowSalt(salt, rows), row));
      rows += 1;
    },
    root: () => toBytes32(toHex(tree.root())),
  };
}

/** Reads a whole file once, and keeps no row of it. @throws TributaryError `commitment/salt`, `data/…` as `readRows` */
export async function commitFile(
  file: string,
  schema: Schema,
  salt: Uint8Array,
): Promise<Readonly<{ root: Bytes32; rows: number }>> {
  const commitment = rowCommitment(salt);
  let rows = 0;
  for await (const row of readRows(file, schema)) {
    commitment.add(rowBytes(schema, row));
    rows += 1;
  }
  return { root: commitment.root(), rows };
}

/** What opens one of the rows, which goes beside it. @throws TributaryError `merkle/index`, `commitment/salt` */
export function openRow(rows: readonly Uint8Array[], index: number, salt: Uint8Array): RowProof {
  assertSalt(salt);
  const leaves = rows.map((row, i) => leafData(rowSalt(salt, i), row));
  return { index, size: rows.length, path: merklePath(leaves, index), salt: rowSalt(salt, index) };
}

/** Whether a row is the one that the root commits to at the proof's place. */
export function verifyRow(root: Uint8Array, row: Uint8Array, { index, size, salt, path }: RowProof): boolean {
  return salt.length === 32 && verifyPath(leafData(salt, row), index, size, path, root);
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
