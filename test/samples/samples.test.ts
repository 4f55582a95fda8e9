/** The sample and who holds which of its rows: none lost, none doubled, unequal and skewed for real. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { seededRng } from '#crypto/random.ts';
import { shards, splitHeldOut } from '#datasets/samples/partition.ts';
import { below, shuffled } from '#datasets/shuffle.ts';
import { standardisation, standardised } from '#datasets/samples/standardisation.ts';
import type { SampleRow } from '#datasets/samples/sample-row.ts';
import { loadWdbc, parseWdbc, toCsv, wdbcFeatures } from '#datasets/samples/wdbc.ts';
import { wdbcRecipe } from '#datasets/samples/wdbc-job.ts';
import { fromDecimal } from '#protocol/units.ts';
import { codeOf } from '#test/crypto/refusal.ts';

const all = loadWdbc();
const benign = (rows: readonly SampleRow[]): number => rows.filter(({ label }) => label === 1).length;
const source = readFileSync(new URL('../../datasets/samples/wdbc.csv', import.meta.url), 'utf8');

/** Rows are told apart by identity: the set has no two equal objects, whatever they hold. */
function expectPartition(parts: readonly (readonly SampleRow[])[], whole: readonly SampleRow[]): void {
  const dealt = parts.flat();
  expect(dealt.length).to.equal(whole.length);
  const met = new Set(dealt);
  expect(met.size).to.equal(whole.length);
  expect(whole.every((row) => met.has(row))).to.equal(true);
}

describe('the sample', () => {
  it('is the published file, with 357 benign and 212 malignant rows', () => {
    expect(createHash('sha256').update(source).digest('hex')).to.equal(
      'fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed',
    );
    expect(all.length).to.equal(569);
    expect(benign(all)).to.equal(357);
    expect(all[0]?.label).to.equal(0);
    expect(all[0]?.features.slice(0, 4)).to.deep.equal([17.99, 10.38, 122.8, 1001]);
  });

  it('names its 30 columns in the order of the source', () => {
    expect(wdbcFeatures.length).to.equal(30);
    expect(new Set(wdbcFeatures).size).to.equal(30);
    expect([0, 9, 10, 20, 29].map((column) => wdbcFeatures[column])).to.deep.equal([
      'radius_mean',
      'fractal_dimension_mean',
      'radius_se',
      'radius_worst',
      'fractal_dimension_worst',
    ]);
    // Worst is the mean of the three largest, so never below the mean.
    expect(
      all.every(({ features }) => features[20]! >= features[0]! && features[23]! >= features[3]!),
    ).to.equal(true);
  });

  it('becomes a CSV with named columns and the numbers as published', () => {
    const records = parse<Record<string, string>>(toCsv(all), { columns: true });
    const lines = source.trimEnd().split('\n').slice(1);
    expect(records.map((record) => Object.values(record).join(','))).to.deep.equal(lines);
    expect(Object.keys(records[0]!)).to.deep.equal([...wdbcFeatures, 'diagnosis']);
    expect(records[0]!['diagnosis']).to.equal('0');
  });

  it('refuses a damaged file, naming the line', () => {
    const damaged = (change: (text: string) => string) => codeOf(() => parseWdbc(change(source)));
    expect(damaged((text) => text)).to.equal(undefined);
    expect(damaged((text) => text.replace('malignant,benign', 'benign,malignant'))).to.equal(
      'sample/damaged',
    );
    expect(damaged((text) => text.slice(0, text.lastIndexOf('\n', text.length - 2)))).to.equal(
      'sample/damaged',
    );
    expect(damaged((text) => text.replace('17.99', 'x'))).to.equal('sample/damaged');
    expect(damaged((text) => text.replace('17.99,', ''))).to.equal('sample/damaged');
    expect(damaged((text) => text.trimEnd().replace(/1$/, '2'))).to.equal('sample/damaged');
    expect(() => parseWdbc(source.replace('20.57', ' '))).to.throw(/line 3/);
    expect(() => parseWdbc(source.replace('20.57', 'x'))).to.throw(/line 3/);
  });
});

describe('split and shards', () => {
  it('hold out a stratified part, and lose or double no row', () => {
    for (const seed of [1, 2, 77]) {
      const { training, heldOut } = splitHeldOut(all, seed, 0.3);
      expectPartition([training, heldOut], all);
      expect(heldOut.length).to.equal(171);
      expect(benign(heldOut)).to.equal(107);
    }
  });

  it('deal every row to exactly one owner, and both labels to each, for any seed and number of owners', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 148 }), (seed, owners) => {
        const { training } = splitHeldOut(all, seed, 0.3);
        const dealt = shards(training, seed, owners);
        expect(dealt.length).to.equal(owners);
        expectPartition(dealt, training);
        for (const shard of dealt) expect(benign(shard)).to.be.within(1, shard.length - 1);
      }),
      { seed: 11, numRuns: 30 },
    );
  });

  it('make shards of five owners unequal and skewed in every one of 20 seeds', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const dealt = shards(splitHeldOut(all, seed, 0.3).training, seed, 5);
      const sizes = dealt.map((shard) => shard.length);
      const shares = dealt.map((shard) => benign(shard) / shard.length);
      expect(Math.max(...sizes) / Math.min(...sizes), `seed ${seed}`).to.be.above(2.4);
      expect(new Set(sizes).size).to.equal(5);
      expect(Math.max(...shares) - Math.min(...shares), `seed ${seed}`).to.be.above(0.6);
      for (const shard of dealt)
        expect(Math.min(benign(shard), shard.length - benign(shard))).to.be.at.least(4);
    }
  });

  it('repeat for a seed and change with it', () => {
    const deal = (seed: number) => shards(splitHeldOut(all, seed, 0.3).training, seed, 5);
    const sizesAndShares = (seed: number) => deal(seed).map((shard) => [shard.length, benign(shard)].join());
    expect(deal(3)).to.deep.equal(deal(3));
    expect(sizesAndShares(3)).to.not.deep.equal(sizesAndShares(4));
    expect(splitHeldOut(all, 3, 0.3).heldOut).to.not.deep.equal(splitHeldOut(all, 4, 0.3).heldOut);
  });

  it('refuse a fraction or a number of owners that can not be', () => {
    for (const fraction of [0, 1, -0.1, Number.NaN]) {
      expect(codeOf(() => splitHeldOut(all, 1, fraction))).to.equal('sample/fraction');
    }
    for (const owners of [0, 1.5, 213])
      expect(codeOf(() => shards(all, 1, owners))).to.equal('sample/owners');
    expect(codeOf(() => shards(all, 1, 212))).to.equal(undefined);
  });
});

describe('standardisation', () => {
  const rows: SampleRow[] = [2, 4, 9].map((value) => ({
    features: wdbcFeatures.map((_, column) => value * (column + 1)),
    label: 1,
  }));

  it('gives mean and deviation as decimals of six digits', () => {
    const [first, second] = standardisation(rows);
    // Mean 5, population variance (9 + 1 + 16) / 3.
    const number = { type: 'number', missing: 'refuse' };
    expect(first).to.deep.equal({ ...number, name: 'radius_mean', centre: '5', scale: '2.94392' });
    expect(second).to.deep.equal({ ...number, name: 'texture_mean', centre: '10', scale: '5.88784' });
  });

  it('brings the rows that it came from to mean 0 and deviation 1, and makes a recipe', () => {
    const { heldOut } = splitHeldOut(all, 5, 0.3);
    const columns = standardisation(heldOut);
    const { features, labels } = standardised(heldOut, columns);
    expect(labels.length).to.equal(171);
    expect(labels.reduce((sum, label) => sum + label, 0)).to.equal(107);
    for (const column of [0, 3, 14, 29]) {
      const values = heldOut.map((_, row) => features[row * 30 + column]!);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      expect(mean).to.be.closeTo(0, 1e-4);
      expect(values.reduce((sum, x) => sum + x * x, 0) / values.length).to.be.closeTo(1, 1e-4);
    }
    const recipe = wdbcRecipe(columns);
    expect(recipe.features).to.deep.equal(columns);
    expect(recipe.label).to.deep.equal({ type: 'class', name: 'diagnosis', classes: ['0', '1'] });
  });

  it('scales in float64 by the decimals, and rounds once', () => {
    const columns = standardisation(all);
    const { features } = standardised(all.slice(0, 2), columns);
    const { centre, scale } = columns[3]!;
    expect(features[30 + 3]).to.equal(Math.fround((1326 - fromDecimal(centre)) / fromDecimal(scale)));
  });

  it('refuses a column that does not vary', () => {
    expect(codeOf(() => standardisation(rows.slice(0, 1)))).to.equal('sample/constant-column');
    expect(codeOf(() => standardisation([]))).to.equal('sample/constant-column');
  });
});

describe('shuffle', () => {
  it('is a permutation that the seed decides', () => {
    const order = shuffled(100, seededRng(Uint8Array.of(1)));
    expect(Array.from(order).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 100 }, (_, i) => i));
    expect(shuffled(100, seededRng(Uint8Array.of(1)))).to.deep.equal(order);
    expect(shuffled(100, seededRng(Uint8Array.of(2)))).to.not.deep.equal(order);
    expect([
      shuffled(0, seededRng(Uint8Array.of(1))).length,
      [...shuffled(1, seededRng(Uint8Array.of(1)))],
    ]).to.deep.equal([0, [0]]);
  });

  it('follows Durstenfeld: from the last place down, with the place itself among the choices', () => {
    const words = [7, 4, 3];
    const rng = { bytes: () => Uint8Array.of(0, 0, 0, words.shift()!) };
    // 7 mod 4 = 3: stays; 4 mod 3 = 1: [0, 2, 1, 3]; 3 mod 2 = 1: stays.
    expect([...shuffled(4, rng)]).to.deep.equal([0, 2, 1, 3]);
  });

  it('draws again above the last whole multiple, so that no number is likelier', () => {
    const words = [0xffff_ffff, 0xffff_fffe];
    const rng = {
      bytes: () => {
        const bytes = new Uint8Array(4);
        new DataView(bytes.buffer).setUint32(0, words.shift()!);
        return bytes;
      },
    };
    // 2³² = 3 · 1431655765 + 1: only the last word is past the multiples of 3.
    expect(below(rng, 3)).to.equal(0xffff_fffe % 3);
    expect(words).to.deep.equal([]);
  });
});
