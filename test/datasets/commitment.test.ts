import { createHash, hkdfSync } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { commitFile, openRow, rowCommitment, verifyRow } from '#datasets/commitment.ts';
import { rowBytes } from '#datasets/row-bytes.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { fileIn, numbersOnly, patients } from './rows-file.ts';

const salt = new Uint8Array(32).fill(9);
const row = (i: number, seed = 0.5) =>
  rowBytes(numbersOnly, { line: 1, cells: [i * 2 * seed - 3, (i * 2 + 1) * seed - 3], label: i % 2 });
const rowsOf = (count: number, seed?: number) => Array.from({ length: count }, (_, i) => row(i, seed));
const rootOf = (rows: readonly Uint8Array[], with_ = salt) => {
  const commitment = rowCommitment(with_);
  for (const one of rows) commitment.add(one);
  return fromHex(commitment.root());
};
const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const saltOf = (index: number) => {
  const info = Buffer.concat([
    Buffer.from([0, 0, 0, 16]),
    Buffer.from('tributary/v1/row'),
    Buffer.from([0, 0, 0, index]),
  ]);
  return new Uint8Array(hkdfSync('sha256', salt, '', info, 32));
};
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the bytes of a row', () => {
  it('are float64, u32 and prefixed text, big-endian, the label last', () => {
    expect(hex(rowBytes(patients, { line: 7, cells: [-2, 1, 'é'], label: 1 }))).to.equal(
      'c000000000000000' + '00000001' + '00000002c3a9' + '00000001',
    );
    const target = {
      ...patients,
      label: { type: 'number', name: 'y', minimum: null, maximum: null },
    } as const;
    expect(hex(rowBytes(target, { line: 7, cells: [-2, 1, ''], label: -1.5 }))).to.equal(
      'c000000000000000' + '00000001' + '00000000' + 'bff8000000000000',
    );
  });

  it('tell a missing value from each value that there may be', () => {
    expect(hex(rowBytes(patients, { line: 7, cells: [null, null, null], label: 0 }))).to.equal(
      '7ff8000000000000' + 'ffffffff' + 'ffffffff' + '00000000',
    );
  });
});

describe('a commitment to rows', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));

  it('is the RFC 9162 tree over rows, each behind its own salt', () => {
    const leaf = (i: number) => sha(Uint8Array.of(0), saltOf(i), row(i));
    const node = (left: Uint8Array, right: Uint8Array) => sha(Uint8Array.of(1), left, right);
    expect(Buffer.from(rootOf(rowsOf(3)))).to.deep.equal(node(node(leaf(0), leaf(1)), leaf(2)));
  });

  it('is that of the rows of a file, however the file is written', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => [i * 2 * 0.5 - 3, (i * 2 + 1) * 0.5 - 3, i % 2]);
    const csv = fileIn(folder, ['age,dose,ill', ...rows.map(String)].join('\n'));
    const text = rows.map(([age, dose, ill]) => JSON.stringify({ ill, dose, age })).join('\n');
    const lines = fileIn(folder, text, 'rows.jsonl');
    const expected = { root: `0x${hex(rootOf(rowsOf(9)))}`, rows: 9 };
    expect(await commitFile(csv, numbersOnly, salt)).to.deep.equal(expected);
    const reading = { ...numbersOnly.reading, format: 'jsonl' as const };
    expect(await commitFile(lines, { ...numbersOnly, reading }, salt)).to.deep.equal(expected);
  });

  it('opens each row and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(), fc.nat(), (count, i, j) => {
        const [rows, index, other] = [rowsOf(count), i % count, j % count];
        const root = rootOf(rows);
        const proof = openRow(rows, index, salt);
        expect(verifyRow(root, row(index), proof)).to.equal(true);
        expect(verifyRow(root, row(other), proof)).to.equal(index === other);
        expect(verifyRow(root, row(index), { ...proof, index: other })).to.equal(index === other);
      }),
      { seed: 5 },
    );
  });

  it('is not opened with another salt, root, size or length of salt', () => {
    const root = rootOf(rowsOf(5));
    const opened = row(2);
    const proof = openRow(rowsOf(5), 2, salt);
    expect(verifyRow(root, opened, { ...proof, salt: new Uint8Array(32) })).to.equal(false);
    expect(verifyRow(rootOf(rowsOf(5, 0.25)), opened, proof)).to.equal(false);
    expect(verifyRow(root, opened, { ...proof, size: 9 })).to.equal(false);
    // A byte moved from the row into the salt leaves the leaf's bytes as they were.
    const moved = { ...proof, salt: Uint8Array.of(...proof.salt, opened[0] ?? 0) };
    expect(verifyRow(root, opened.subarray(1), moved)).to.equal(false);
  });

  it('tells nothing of equal rows, or of the same rows elsewhere', () => {
    const same = Uint8Array.of(1, 2, 3);
    expect(rootOf([same, same])).not.to.deep.equal(rootOf([same, same], new Uint8Array(32).fill(8)));
    expect(openRow([same, same], 0, salt).salt).not.to.deep.equal(openRow([same, same], 1, salt).salt);
  });

  it('takes a salt of 32 bytes', () => {
    for (const length of [0, 31, 33]) {
      for (const run of [
        () => rowCommitment(new Uint8Array(length)),
        () => openRow(rowsOf(1), 0, new Uint8Array(length)),
      ]) {
        expect(run).to.throw(TributaryError).with.property('code', 'commitment/salt');
      }
    }
  });
});
