/** Inputs that the threads read from files themselves. docs/protocol.md §4.4, §6.4 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { inputRoot } from '#crypto/packing.ts';
import type { SealedInput } from '#model/unmasking/sealed-inputs.ts';
import { openThreads } from '#model/unmasking/threads.ts';
import { unmaskedSum } from '#model/unmasking/unmask.ts';
import { codeOf, masks, parameters, sealedFile, shape, sumOf, vectors, w } from './vectors.ts';

describe('sealed inputs', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'sealed-'))));
  after(() => rmSync(folder, { recursive: true }));

  const sumOfFiles = (files: readonly SealedInput[], workers: number) =>
    unmaskedSum(
      { shape, inputs: [], files, masks: masks.values(), maskCount: masks.length },
      openThreads,
      workers,
    );

  const filesOfAll = () => vectors.map((packed, member) => sealedFile(folder, member, packed));

  for (const workers of [0, 1]) {
    it(`add up with inputs that are read piece by piece, with ${workers} workers`, async () => {
      const pieces = {
        ...{ member: 0, root: inputRoot(vectors[0]!, parameters, w) },
        async *open() {
          yield vectors[0]!;
        },
      };
      const files = filesOfAll().slice(1);
      const both = { shape, inputs: [pieces], files, masks: masks.values(), maskCount: masks.length };
      expect(await unmaskedSum(both, openThreads, workers)).to.deep.equal(sumOf(vectors, masks));
    });

    it(`that are gone are a coded error, and other trouble is not taken for that, with ${workers} workers`, async () => {
      const [file] = filesOfAll();
      const gone = { ...file!, path: join(folder, 'gone.input') };
      expect(await codeOf(sumOfFiles([file!, gone], workers))).to.equal('storage/vector-missing');
      const noFile = sumOfFiles([{ ...file!, path: folder }], workers).catch((error: unknown) => error);
      expect(String(await noFile)).to.include('EISDIR');
    });
  }

  it('add up by themselves', async () => {
    expect(await sumOfFiles(filesOfAll(), 0)).to.deep.equal(sumOf(vectors, masks));
  });

  it('are refused when their file was changed in any place, cut, lengthened or exchanged', async () => {
    const files = filesOfAll();
    const [, packed, third] = vectors;
    const last = packed!.length - 1;
    const changed = (at: number, bit = 1): Uint8Array => {
      const bytes = packed!.slice();
      bytes[at] = (bytes[at] ?? 0) ^ bit;
      return bytes;
    };
    for (const other of [
      // The last one's highest bits are padding.
      ...[changed(0), changed(9_000), changed(last), changed(last, 0x80)],
      ...[packed!.subarray(0, last), new Uint8Array([...packed!, 0]), new Uint8Array(0), third!],
    ]) {
      writeFileSync(files[1]!.path, other);
      expect(await codeOf(sumOfFiles(files, 0))).to.equal('storage/vector-damaged');
    }
    expect(await codeOf(sumOfFiles(files, 1))).to.equal('storage/vector-damaged');
  });
});
