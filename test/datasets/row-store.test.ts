/** Encoded rows in memory and in a scratch file: the same batches, and nothing left behind. protocol.md §6.5 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { rowStore, type HeldRows } from '#datasets/encoding/row-store.ts';
import { scratchFile } from '#datasets/encoding/scratch-file.ts';
import { rowsInMemory } from '#datasets/row-source.ts';
import { codeOf } from '#test/crypto/refusal.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { canSeeOpenFiles, scratchFilesIn } from './open-files.ts';

const width = 3_000;
const valueOf = (row: number, column: number) => Math.fround(row + column / 4_096);

describe('encoded rows', () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));

  /** 87 rows make a block of 1 MiB. */
  function held(rows: number, memoryLimit: number): HeldRows {
    const store = rowStore({ width, memoryLimit, folder });
    const record = new Float32Array(width + 1);
    for (let row = 0; row < rows; row += 1) {
      record.forEach((_, column) => (record[column] = valueOf(row, column)));
      store.add(record);
    }
    return store.rows();
  }

  it('are the same from memory and from a file, whatever rows are asked for', () => {
    const count = 300;
    const inMemory = held(count, 2 ** 30);
    const inFile = held(count, 1);
    const spilled = held(count, 2 * 2 ** 20);
    const row = fc.nat(count - 1);
    const run = fc
      .tuple(row, fc.nat(200))
      .map(([from, length]) => Array.from({ length: Math.min(length, count - from) }, (_, i) => from + i));
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            row.map((one) => [one]),
            run,
          ),
          { maxLength: 4 },
        ),
        (parts) => {
          const chosen = Uint32Array.from(parts.flat());
          const { features, labels } = inMemory.read(chosen);
          expect(features.length).to.equal(chosen.length * width);
          for (let at = 0; at < chosen.length; at += 1) {
            expect(features[at * width]).to.equal(valueOf(chosen[at]!, 0));
            expect(features[(at + 1) * width - 1]).to.equal(valueOf(chosen[at]!, width - 1));
            expect(labels[at]).to.equal(valueOf(chosen[at]!, width));
          }
          for (const other of [inFile, spilled]) {
            const batch = other.read(chosen);
            expect(
              Buffer.compare(new Uint8Array(batch.features.buffer), new Uint8Array(features.buffer)),
            ).to.equal(0);
            expect(batch.labels).to.deep.equal(labels);
          }
        },
      ),
      { seed: 8, numRuns: 25 },
    );
    for (const rows of [inMemory, inFile, spilled]) {
      expect(rows).to.include({ rows: count, width });
      rows.close();
    }
  });

  it('are copied when they are added', () => {
    const store = rowStore({ width: 1, memoryLimit: 2 ** 30, folder });
    const record = Float32Array.of(1, 2);
    store.add(record);
    record.fill(9);
    store.add(record);
    expect([...store.rows().read(Uint32Array.of(0, 1)).features]).to.deep.equal([1, 9]);
  });

  it('go to a file only beyond the limit, which has no name and is let go at the end', function () {
    if (!canSeeOpenFiles) this.skip();
    const open = () => scratchFilesIn(folder).length;
    const small = held(300, 8 * 2 ** 20);
    expect(open()).to.equal(0);
    const large = held(300, 2 ** 20);
    expect(scratchFilesIn(folder).map((path) => statSync(path).mode & 0o777)).to.deep.equal([0o600]);
    expect(readdirSync(folder)).to.deep.equal([]);
    large.close();
    expect(open()).to.equal(0);
    small.close();
    const store = rowStore({ width, memoryLimit: 1, folder });
    for (let row = 0; row < 100; row += 1) store.add(new Float32Array(width + 1));
    expect(open()).to.equal(1);
    store.close();
    expect(open()).to.equal(0);
  });

  it('leave nothing behind a process that is killed', () => {
    const script = `
      import { rowStore } from '#datasets/encoding/row-store.ts';
      const store = rowStore({ width: ${width}, memoryLimit: 1, folder: process.argv[1] });
      for (let row = 0; row < 200; row += 1) store.add(new Float32Array(${width + 1}));
      console.log('written');
      process.kill(process.pid, 'SIGKILL');`;
    const run = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--input-type', 'module', '-e', script, folder],
      { encoding: 'utf8' },
    );
    expect([run.stdout, run.signal], run.stderr).to.deep.equal(['written\n', 'SIGKILL']);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('are not given past the last one, nor after they were closed', () => {
    for (const rows of [held(100, 2 ** 30), held(100, 1)]) {
      expect(() => rows.read(Uint32Array.of(100))).to.throw(RangeError, 'no row 100');
      expect(() => rows.read(Uint32Array.of(98, 99, 100))).to.throw(RangeError, 'no row 100');
      rows.close();
      expect(() => rows.read(Uint32Array.of(0))).to.throw(RangeError, 'closed');
    }
  });

  it('are refused where the folder takes no file', () => {
    const none = join(folder, 'none');
    mkdirSync(none);
    const store = rowStore({ width, memoryLimit: 1, folder: none });
    rmSync(none, { recursive: true });
    expect(codeOf(() => Array.from({ length: 100 }, () => store.add(new Float32Array(width + 1))))).to.equal(
      'data/scratch',
    );
  });

  it('are refused where the file is shorter than it should be', () => {
    const file = scratchFile(folder);
    file.append(Float32Array.of(1, 2, 3));
    const into = new Float32Array(2);
    file.read(1, into);
    expect([...into]).to.deep.equal([2, 3]);
    expect(codeOf(() => file.read(2, into))).to.equal('data/scratch');
    file.close();
    expect(codeOf(() => file.read(0, into))).to.equal('data/scratch');
    expect(codeOf(() => file.append(into))).to.equal('data/scratch');
  });

  it('of few columns and many rows are read fast enough to train by', () => {
    const store = rowStore({ width: 10, memoryLimit: 1, folder });
    const record = new Float32Array(11);
    for (let row = 0; row < 100_000; row += 1) {
      record[0] = row;
      store.add(record);
    }
    const rows = store.rows();
    const chosen = Uint32Array.from({ length: 20_000 }, (_, i) => (i * 7_919) % 100_000);
    const start = performance.now();
    const { features } = rows.read(chosen);
    expect(performance.now() - start).to.be.below(2_000);
    expect(chosen.every((row, at) => features[at * 10] === row)).to.equal(true);
    rows.close();
  });
});

describe('rows in memory', () => {
  it('are read by number, in any order', () => {
    const rows = rowsInMemory(2, {
      features: Float32Array.of(1, 2, 3, 4, 5, 6),
      labels: Float32Array.of(7, 8, 9),
    });
    expect(rows).to.include({ rows: 3, width: 2 });
    const { features, labels } = rows.read(Uint32Array.of(2, 0, 2));
    expect([...features]).to.deep.equal([5, 6, 1, 2, 5, 6]);
    expect([...labels]).to.deep.equal([9, 7, 9]);
  });
});
