/** The digits: the published file, its owners' shards, and a recipe that reads their CSV. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { encodeRows } from '#datasets/encode.ts';
import { schemaOfRecipe } from '#datasets/recipe-schema.ts';
import { digitsJob, digitsRecipe } from '#datasets/samples/digits-job.ts';
import { digitsCsv, digitsFeatures, loadDigits, parseDigits } from '#datasets/samples/digits.ts';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import type { SampleRow } from '#datasets/samples/sample-row.ts';
import { codeOf } from '#test/crypto/refusal.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';

const all = loadDigits();
const source = gunzipSync(
  readFileSync(new URL('../../datasets/samples/digits.csv.gz', import.meta.url)),
).toString('utf8');
const counts = (rows: readonly SampleRow[]) =>
  Array.from({ length: 10 }, (_, digit) => rows.filter(({ label }) => label === digit).length);

describe('the digits', () => {
  it('are the published file, pixel by pixel', () => {
    expect(createHash('sha256').update(source).digest('hex')).to.equal(
      '6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8',
    );
    expect(counts(all)).to.deep.equal([178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
    expect(all[0]?.features.slice(2, 6)).to.deep.equal([5, 13, 9, 1]);
    expect([digitsFeatures[0], digitsFeatures[9], digitsFeatures[63]]).to.deep.equal([
      'pixel_0_0',
      'pixel_1_1',
      'pixel_7_7',
    ]);
  });

  it('are refused where they are damaged, by line', () => {
    const damaged = (change: (text: string) => string) => codeOf(() => parseDigits(change(source)));
    expect(damaged((text) => text)).to.equal(undefined);
    expect(damaged((text) => text.slice(text.indexOf('\n') + 1))).to.equal('sample/damaged');
    for (const [from, to] of [
      ['0,0,5,13', '0,0,5,17'],
      ['0,0,5,13', '0,5,13'],
      ['0,0,5,13', '0,0,,13'],
      ['0,0,5,13', '0,0,-5,13'],
      ['6,13,10,0,0,0,0\n', '6,13,10,0,0,0,10\n'],
    ] as const) {
      expect(() => parseDigits(source.replace(from, to)), to)
        .to.throw(/line 1:/)
        .with.property('code', 'sample/damaged');
    }
  });

  it('are dealt to owners who have all digits, and some much more than others', () => {
    for (const seed of [1, 2, 3]) {
      const { training, heldOut } = splitHeldOut(all, seed, digitsJob.heldOut);
      expect([training.length, heldOut.length]).to.deep.equal([1_258, 539]);
      const dealt = shards(training, seed, digitsJob.owners);
      expect(new Set(dealt.flat()).size).to.equal(1_258);
      expect(dealt.flat()).to.have.length(1_258);
      const sizes = dealt.map((rows) => rows.length);
      expect(Math.max(...sizes) / Math.min(...sizes)).to.be.above(2);
      for (const rows of dealt) {
        const byDigit = counts(rows);
        expect(Math.min(...byDigit)).to.be.at.least(4);
        expect(Math.max(...byDigit) / Math.min(...byDigit)).to.be.above(2.5);
      }
      for (let digit = 0; digit < 10; digit += 1) {
        const held = dealt.map((rows) => counts(rows)[digit]! / rows.length);
        expect(Math.max(...held) / Math.min(...held), 'one owner has much of it').to.be.above(2.5);
      }
    }
  });

  it("are read from an owner's CSV by the job's recipe: white is −1, black 1", async () => {
    const folder = temporaryFolder();
    try {
      const file = join(folder, 'owner.csv');
      writeFileSync(file, digitsCsv(all.slice(0, 20)));
      const recipe = digitsRecipe();
      const rows = await encodeRows(file, schemaOfRecipe(recipe, file), recipe);
      const { features, labels } = rows.read(Uint32Array.of(0, 3));
      expect(rows).to.include({ rows: 20, width: 64 });
      expect([...features.subarray(0, 6)]).to.deep.equal([-1, -1, -0.375, 0.625, 0.125, -0.875]);
      expect([...labels]).to.deep.equal([0, 3]);
    } finally {
      removeFolder(folder);
    }
  });
});
