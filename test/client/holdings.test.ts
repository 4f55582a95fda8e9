import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '#crypto/bytes.ts';
import { halfRange } from '#crypto/parameters.ts';
import { seededRng } from '#crypto/random.ts';
import type { ChainReads } from '#client/chain.ts';
import { loadHoldings, rowsFor } from '#client/holdings.ts';
import { localTrainer } from '#client/train.ts';
import { commitTable } from '#datasets/commitment.ts';
import { loadCsv } from '#datasets/csv.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { loadBackend } from '#model/tensorflow.ts';
import { type Bytes32, toDecimal } from '#protocol/units.ts';
import { recipe } from '#test/support/lineage.ts';
import { ownerOf, theJob } from './support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';
import { codeOf, messageOf } from './support/outcome.ts';

const salt = new Uint8Array(32).fill(7);
const rows = Array.from({ length: 12 }, (_, row) => [row / 3 - 2, row % 4, 5 - row, row % 2]);
const csvOf = (lines: readonly number[][]) => ['b,extra,a,y', ...lines.map((line) => line.join())].join('\n');

async function registered(text = csvOf(rows)) {
  const csv = join(newHome(), 'rows.csv');
  writeFileSync(csv, csvOf(rows));
  const schema = { features: ['b', 'extra', 'a'], label: 'y' };
  const table = await loadCsv(csv, schema);
  const store = scratchStore();
  const policy = makePolicy({
    peers: [ownerOf(1), ownerOf(2)],
    minimumCohort: 3,
    minimumPrice: 1n,
    maximumRounds: 5,
    layers: ['Dense'],
    coordinators: 'any',
  });
  const descriptor = describeDataset({
    name: 'Rows',
    description: 'For a test.',
    license: 'https://spdx.org/licenses/CC0-1.0',
    creator: 'A hospital',
    datePublished: '2026-11-24',
    url: null,
    ...schema,
    rowsBucket: 8,
    rowsRoot: toHex(commitTable(table, salt)) as Bytes32,
    policy,
  });
  const digest = digestHex(await store.put('raw', descriptor));
  writeFileSync(csv, text);
  const chain = { descriptor: async () => digest } as ChainReads;
  return { dataset: 3, csv, salt, chain, store, digest };
}

describe("an owner's rows", () => {
  afterEach(removeHomes);

  it('are those that its registered descriptor commits to', async () => {
    const from = await registered();
    const holdings = await loadHoldings(from);
    expect(holdings.table.rows).to.equal(12);
    expect(holdings.digest).to.equal(from.digest);
    expect(holdings.descriptor.policy.minimumCohort).to.equal(3);
  });

  it('are refused with another row, another order or another salt', async () => {
    const bent = rows.map((line, at) => (at === 5 ? [0.5, ...line.slice(1)] : line));
    expect(await codeOf(loadHoldings(await registered(csvOf(bent))))).to.equal('data/other-rows');
    expect(await codeOf(loadHoldings(await registered(csvOf(rows.toReversed()))))).to.equal(
      'data/other-rows',
    );
    const from = await registered();
    expect(await codeOf(loadHoldings({ ...from, salt: new Uint8Array(32) }))).to.equal('data/other-rows');
  });

  it('are named by line where one is bad', async () => {
    const from = await registered(csvOf(rows).replace('-2,0,5,0', 'x,0,5,0'));
    expect(await codeOf(loadHoldings(from))).to.equal('data/bad-row');
    expect(await messageOf(loadHoldings(from))).to.include('line 2');
  });

  it("are given in the recipe's columns, order and scale", async () => {
    const holdings = await loadHoldings(await registered());
    const bounds = { centre: toDecimal(1), scale: toDecimal(2) };
    const picked = rowsFor(holdings, {
      ...recipe,
      features: [
        { name: 'a', ...bounds },
        { name: 'b', centre: toDecimal(0), scale: toDecimal(1) },
      ],
    });
    expect([...picked.features.slice(0, 4)]).to.deep.equal([2, -2, 1.5, Math.fround(1 / 3 - 2)]);
    expect([...picked.labels.slice(0, 3)]).to.deep.equal([0, 1, 0]);
  });

  it('are not given for a column or label that they have not', async () => {
    const holdings = await loadHoldings(await registered());
    const column = { ...recipe, features: [{ ...recipe.features[0]!, name: 'c' }] };
    const label = { ...recipe, label: { name: 'a', classes: 2 as const } };
    for (const other of [column, label]) {
      expect(() => rowsFor(holdings, other))
        .to.throw()
        .with.property('code', 'data/missing-column');
    }
  });
});

describe('local training', () => {
  afterEach(removeHomes);

  it('gives the weighted, clipped difference on the grid, by the backend that it names', async () => {
    const { job, initial } = await theJob();
    const holdings = await loadHoldings(await registered());
    let loads = 0;
    const backend = () => {
      loads += 1;
      return loadBackend({ prefer: 'cpu' });
    };
    const train = (seed: number) => localTrainer(holdings, seededRng(Uint8Array.of(seed)), backend);
    const trainer = train(1);
    const full = await trainer(job, initial, 4);
    const quarter = await train(1)(job, initial, 1);
    expect(loads).to.equal(2);
    expect(full.backend).to.equal('cpu');
    expect(full.quantised).to.have.length(job.parameters.dimension);
    const zero = halfRange(16);
    const steps = [...full.quantised].map((word) => word - zero);
    expect(Math.max(...steps.map(Math.abs))).to.be.within(100, zero);
    steps.forEach((step, at) => expect(quarter.quantised[at]! - zero).to.be.closeTo(step / 4, 1));

    const again = await trainer(job, initial, 4);
    expect(loads, 'loaded once a client').to.equal(2);
    expect(again.quantised, 'in an order of rows of its own').to.not.deep.equal(full.quantised);
  });
});
