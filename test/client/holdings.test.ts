import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { halfRange } from '#crypto/parameters.ts';
import { seededRng } from '#crypto/random.ts';
import type { ChainReads } from '#client/chain.ts';
import { encodedRows } from '#client/encoded-rows.ts';
import { loadHoldings, type OwnFile } from '#client/holdings.ts';
import { localTrainer } from '#client/train.ts';
import { commitFile } from '#datasets/commitment.ts';
import type { Columns } from '#datasets/columns.ts';
import { describeDataset } from '#datasets/descriptor.ts';
import { makePolicy } from '#datasets/policy.ts';
import { defaultReading } from '#datasets/schema.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { loadBackend } from '#model/tensorflow.ts';
import type { Job } from '#model/job.ts';
import { toDecimal } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { recipe } from '#test/support/lineage.ts';
import { ownerOf, theJob } from './support/cohort.ts';
import { newHome, removeHomes } from './support/home.ts';
import { codeOf, messageOf } from './support/outcome.ts';

const salt = new Uint8Array(32).fill(7);
const rows = Array.from({ length: 12 }, (_, row) => [row / 3 - 2, row % 4, 5 - row, row % 2]);
const csvOf = (lines: readonly number[][]) => ['b,extra,a,y', ...lines.map((line) => line.join())].join('\n');
const columns: Columns = {
  columns: ['b', 'extra', 'a'].map((name) => ({
    type: 'number',
    name,
    minimum: null,
    maximum: null,
    missing: false,
  })),
  label: { type: 'class', name: 'y', classes: ['0', '1'] },
};

async function registered(text = csvOf(rows)) {
  const home = newHome();
  const path = join(home, 'rows.csv');
  writeFileSync(path, csvOf(rows));
  const reading = defaultReading(path);
  const { root } = await commitFile(path, { reading, ...columns }, salt);
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
    ...columns,
    rowsBucket: 8,
    rowsRoot: root,
    policy,
  });
  const digest = digestHex(await store.put('raw', descriptor));
  writeFileSync(path, text);
  const chain = { descriptor: async () => digest } as ChainReads;
  const file: OwnFile = { path, reading, salt };
  return { dataset: 3, file, chain, store, digest, home };
}

const plain = {
  type: 'number' as const,
  centre: toDecimal(0),
  scale: toDecimal(1),
  missing: 'refuse' as const,
};
const jobOf = (number: number, features: typeof recipe.features, named = 'recipe'): Job =>
  ({
    id: { job: number },
    recipe: { ...recipe, features, label: { type: 'class', name: 'y', classes: ['0', '1'] } },
    digests: { recipe: digestOfText(named) },
  }) as unknown as Job;
const everyRow = Uint32Array.from({ length: 12 }, (_, i) => i);

describe("an owner's rows", () => {
  afterEach(removeHomes);

  it('are those that its registered descriptor commits to', async () => {
    const from = await registered();
    const holdings = await loadHoldings(from);
    expect(holdings.rows).to.equal(12);
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
    const file = { ...from.file, salt: new Uint8Array(32) };
    expect(await codeOf(loadHoldings({ ...from, file }))).to.equal('data/other-rows');
  });

  it('are named by line where one is bad', async () => {
    const from = await registered(csvOf(rows).replace('-2,0,5,0', 'x,0,5,0'));
    expect(await codeOf(loadHoldings(from))).to.equal('data/bad-row');
    expect(await messageOf(loadHoldings(from))).to.include('line 2');
  });

  describe('encoded for jobs', () => {
    const features = [
      { ...plain, name: 'a', centre: toDecimal(1), scale: toDecimal(2) },
      { ...plain, name: 'b' },
    ];
    async function encoded() {
      const from = await registered();
      return { from, rows: encodedRows(from.file, await loadHoldings(from), { folder: from.home }) };
    }

    it("have the recipe's columns, order and scale", async () => {
      const picked = (await (await encoded()).rows.for(jobOf(1, features))).read(everyRow);
      expect([...picked.features.slice(0, 4)]).to.deep.equal([2, -2, 1.5, Math.fround(1 / 3 - 2)]);
      expect([...picked.labels.slice(0, 3)]).to.deep.equal([0, 1, 0]);
    });

    it('are not given for a column that they have not', async () => {
      const { rows: held } = await encoded();
      expect(await codeOf(held.for(jobOf(1, [{ ...plain, name: 'c' }])))).to.equal('data/missing-column');
    });

    it('are encoded once a recipe, and closed when the last job that uses them is over', async () => {
      const { rows: held } = await encoded();
      const [first, again, other] = [
        await held.for(jobOf(1, features)),
        await held.for(jobOf(2, features)),
        await held.for(jobOf(1, [features[1]!], 'another')),
      ];
      expect(again).to.equal(first);
      expect([other.width, first.width]).to.deep.equal([1, 2]);
      held.release(1);
      held.release(1);
      await Promise.resolve();
      expect(() => other.read(everyRow)).to.throw(RangeError);
      expect(first.read(everyRow).labels).to.have.length(12);
      held.release(2);
      await Promise.resolve();
      expect(() => first.read(everyRow)).to.throw(RangeError);
      expect(await held.for(jobOf(3, features))).not.to.equal(first);
    });

    it('are held against the registration again, and read anew when the file was mended', async () => {
      const { from, rows: held } = await encoded();
      const good = readFileSync(from.file.path, 'utf8');
      appendFileSync(from.file.path, '\n1,1,1,1');
      expect(await codeOf(held.for(jobOf(1, features)))).to.equal('data/other-rows');
      writeFileSync(from.file.path, good);
      expect((await held.for(jobOf(1, features))).rows).to.equal(12);
      held.release(7);
      expect((await held.for(jobOf(1, features))).read(everyRow).labels).to.have.length(12);
    });
  });
});

describe('local training', () => {
  afterEach(removeHomes);

  it('gives the weighted, clipped difference on the grid, by the backend that it names', async () => {
    const { job, initial } = await theJob();
    const from = await registered();
    const encoded = encodedRows(from.file, await loadHoldings(from), { folder: from.home });
    let loads = 0;
    const backend = () => {
      loads += 1;
      return loadBackend({ prefer: 'cpu' });
    };
    const train = (seed: number) => localTrainer(encoded, seededRng(Uint8Array.of(seed)), backend);
    const trainer = train(1);
    const full = await trainer(job, initial, 4, 1);
    const quarter = await train(1)(job, initial, 1, 1);
    expect(loads).to.equal(2);
    expect(full.backend).to.equal('cpu');
    expect(full.quantised).to.have.length(job.parameters.dimension);
    const zero = halfRange(16);
    const steps = [...full.quantised].map((word) => word - zero);
    expect(Math.max(...steps.map(Math.abs))).to.be.within(100, zero);
    steps.forEach((step, at) => expect(quarter.quantised[at]! - zero).to.be.closeTo(step / 4, 1));

    const again = await trainer(job, initial, 4, 1);
    expect(loads, 'loaded once a client').to.equal(2);
    expect(again.quantised, 'in an order of rows of its own').to.not.deep.equal(full.quantised);

    const learningRate = {
      schedule: 'step',
      rate: toDecimal(0.1),
      factor: toDecimal(1e-6),
      every: 1,
    } as const;
    const slowing = { ...job, recipe: { ...job.recipe, learningRate } };
    const late = await train(1)(slowing, initial, 4, 2);
    expect(Math.max(...[...late.quantised].map((word) => Math.abs(word - zero))), 'by the round').to.be.below(
      5,
    );
  });
});
