import { createHash, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { TributaryError } from '#crypto/error.ts';
import { commitRows, commitTable, openRow, rowBytes, verifyRow } from '#datasets/commitment.ts';
import type { Table } from '#datasets/table.ts';

const salt = new Uint8Array(32).fill(9);
const tableOf = (rows: number, seed = 0.5): Table => ({
  features: ['a', 'b'],
  rows,
  values: Float64Array.from({ length: rows * 2 }, (_, i) => i * seed - 3),
  labels: Float32Array.from({ length: rows }, (_, i) => i % 2),
});
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const saltOf = (index: number) => {
  const info = Buffer.concat([
    Buffer.from([0, 0, 0, 16]),
    Buffer.from('tributary/v1/row'),
    Buffer.from([0, 0, 0, index]),
  ]);
  return new Uint8Array(hkdfSync('sha256', salt, '', info, 32));
};

describe('a commitment to rows', () => {
  it('writes a row as big-endian float64 and one byte of label', () => {
    const table = tableOf(2);
    expect(Buffer.from(rowBytes(table, 1)).toString('hex')).to.equal(
      'c000000000000000' + 'bff8000000000000' + '01',
    );
  });

  it('is the RFC 9162 tree over rows, each behind its own salt', () => {
    const table = tableOf(3);
    const leaf = (i: number) => sha(Uint8Array.of(0), saltOf(i), rowBytes(table, i));
    const node = (left: Uint8Array, right: Uint8Array) => sha(Uint8Array.of(1), left, right);
    expect(Buffer.from(commitTable(table, salt))).to.deep.equal(node(node(leaf(0), leaf(1)), leaf(2)));
  });

  it('opens each row and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), fc.nat(), (rows, i, j) => {
        const [table, index, other] = [tableOf(rows), i % rows, j % rows];
        const root = commitTable(table, salt);
        const proof = openRow(table, index, salt);
        expect(verifyRow(root, rowBytes(table, index), proof)).to.equal(true);
        expect(verifyRow(root, rowBytes(table, other), proof)).to.equal(index === other);
        expect(verifyRow(root, rowBytes(table, index), { ...proof, index: other })).to.equal(index === other);
      }),
      { seed: 5 },
    );
  });

  it('is not opened with another salt, root, size or length of salt', () => {
    const table = tableOf(5);
    const root = commitTable(table, salt);
    const row = rowBytes(table, 2);
    const proof = openRow(table, 2, salt);
    expect(verifyRow(root, row, { ...proof, salt: new Uint8Array(32) })).to.equal(false);
    expect(verifyRow(commitTable(tableOf(5, 0.25), salt), row, proof)).to.equal(false);
    expect(verifyRow(root, row, { ...proof, size: 9 })).to.equal(false);
    // A byte moved from the row into the salt leaves the leaf's bytes as they were.
    const moved = { ...proof, salt: Uint8Array.of(...proof.salt, row[0] ?? 0) };
    expect(verifyRow(root, row.subarray(1), moved)).to.equal(false);
  });

  it('tells nothing of equal rows, or of the same rows elsewhere', () => {
    const row = Uint8Array.of(1, 2, 3);
    expect(commitRows([row, row], salt)).not.to.deep.equal(
      commitRows([row, row], new Uint8Array(32).fill(8)),
    );
    const table: Table = { ...tableOf(2), values: new Float64Array(4), labels: new Float32Array(2) };
    expect(openRow(table, 0, salt).salt).not.to.deep.equal(openRow(table, 1, salt).salt);
  });

  it('takes a salt of 32 bytes', () => {
    for (const length of [0, 31, 33]) {
      for (const run of [
        () => commitRows([], new Uint8Array(length)),
        () => openRow(tableOf(1), 0, new Uint8Array(length)),
      ]) {
        expect(run).to.throw(TributaryError).with.property('code', 'commitment/salt');
      }
    }
  });
});
