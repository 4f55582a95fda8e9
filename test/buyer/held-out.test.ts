/** A buyer's held-out rows: the recipe is their schema. protocol.md §6.5 */
import { expect } from 'chai';
import { loadHeldOut } from '#buyer/held-out.ts';
import { toDecimal } from '#protocol/units.ts';
import { fileIn } from '#test/datasets/rows-file.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { recipe } from '#test/support/lineage.ts';

describe("a buyer's held-out rows", () => {
  const folder = temporaryFolder();
  after(() => removeFolder(folder));
  const number = { type: 'number', scale: toDecimal(2), missing: 'centre' } as const;
  const wanted = {
    ...recipe,
    features: [
      { ...number, name: 'b', centre: toDecimal(1) },
      { ...number, name: 'a', centre: toDecimal(0) },
    ],
  };
  const lines = (count: number) =>
    Array.from({ length: count }, (_, i) => `{"a":${i},"x":"-","y":${i % 2}}`).join('\n');

  it('are encoded by the recipe alone, in its order', async () => {
    const rows = await loadHeldOut(fileIn(folder, lines(8), 'held-out.jsonl'), wanted);
    const { features, labels } = rows.read(Uint32Array.of(0, 3));
    expect([...features]).to.deep.equal([0, 0, 0, 1.5]);
    expect([...labels]).to.deep.equal([0, 1]);
    rows.close();
  });

  it('are refused by place, and when they are too few', async () => {
    const bad = await failureOf(loadHeldOut(fileIn(folder, 'b,a,y\n1,2,0\n1,2,5\n', 'bad.csv'), wanted));
    expect([bad.code, bad.message.includes('bad.csv, line 3, column y')]).to.deep.equal([
      'data/bad-label',
      true,
    ]);
    const few = await failureOf(loadHeldOut(fileIn(folder, lines(7), 'few.jsonl'), wanted));
    expect(few.code).to.equal('data/too-few-rows');
  });
});
