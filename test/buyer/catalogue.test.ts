/** What is for sale, and what says it is and is not. */
import { expect } from 'chai';
import { filterListings, schemaText } from '#buyer/catalogue-filter.ts';
import { readCatalogue, type Listing } from '#buyer/catalogue.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import { at } from '#test/contracts/world.ts';
import { TributaryError } from '#crypto/error.ts';
import { codeOf, descriptorOf, listDataset, prices, startStage, type Stage } from './stage.ts';

describe('the catalogue', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage = await stage.reset();
  });
  after(() => stage.stop());

  const read = (only: readonly number[] | null = null) =>
    readCatalogue(stage.setting.contracts, stage.store, only);
  const ids = (listings: readonly Listing[]) => listings.map(({ dataset }) => dataset);
  const datasets = () => ids(stage.listings as unknown as Listing[]);

  /** Registers bytes that are no descriptor, and offers them. */
  async function listHostile(manifest: ReturnType<typeof digestOfText>) {
    const { registry, accessToken } = at(stage.world.owners, 5).contracts;
    const registered = await registry.send.register(manifest, operatorAddress(5));
    const { dataset } = at(registry.events('DatasetRegistered', registered.logs), 0).args;
    const until = BigInt((await stage.world.chain.now()) + 1_000);
    await accessToken.send.offer(dataset, digestOfText('use'), 1n, until, 10);
    return Number(dataset);
  }

  it('names every dataset with an offer, its owner, columns, price and what is left', async () => {
    await stage.world.stranger.contracts.accessToken.send.buy(BigInt(at(stage.listings, 2).token), 7n);
    const told: number[][] = [];
    const found = await readCatalogue(stage.setting.contracts, stage.store, null, (n, of) =>
      told.push([n, of]),
    );
    expect(found.unreadable).to.deep.equal([]);
    expect(ids(found.listings)).to.deep.equal(datasets());
    expect(found.listings.map(({ owner }) => owner)).to.deep.equal(
      stage.world.owners.slice(0, 4).map(({ address }) => address),
    );
    expect(found.listings.map(({ offers }) => at(offers, 0).price)).to.deep.equal(prices);
    expect(found.listings.map(({ offers }) => at(offers, 0).left)).to.deep.equal([1_000, 1_000, 993, 1_000]);
    expect(at(found.listings, 1).descriptor.name).to.equal('clinic 1');
    expect(told.at(-1)).to.deep.equal([4, 4]);
    expect(ids((await read([at(datasets(), 1)])).listings)).to.deep.equal([at(datasets(), 1)]);
  });

  it('lists what can not be read as such, and goes on', async () => {
    const bad = await listHostile(digestOfText('nobody has this block'));
    const { cid } = {
      cid: await stage.store.put('raw', new TextEncoder().encode('{"@type": "sc:Dataset"}')),
    };
    const hostile = await listHostile(`0x${Buffer.from(cid.multihash.digest).toString('hex')}` as never);
    const { listings, unreadable } = await read();
    expect(ids(listings)).to.deep.equal(datasets());
    expect(unreadable.map(({ dataset, code }) => [dataset, code])).to.deep.equal([
      [bad, 'ipfs/not-found'],
      [hostile, 'descriptor/invalid'],
    ]);
  });

  it('fails where there is no node to read from', async () => {
    const away = scratchStore();
    const store = {
      ...away,
      get: () => Promise.reject(new TributaryError('ipfs/unreachable', 'no node')),
    };
    expect(await codeOf(readCatalogue(stage.setting.contracts, store))).to.equal('ipfs/unreachable');
  });

  it('reads more datasets than are asked for at a time', async () => {
    for (let more = 0; more < 6; more++) await listDataset(stage.world, stage.store, more % 4, 30n);
    expect((await read()).listings).to.have.length(10);
  });

  it('filters by label, columns, price, rows and schema', async () => {
    const { columns } = parseDescriptor(descriptorOf(stage.world, 0));
    const narrow = await listDataset(stage.world, stage.store, 0, 5n, {
      columns: columns.slice(1),
      rowsBucket: 64,
    });
    const other = await listDataset(stage.world, stage.store, 1, 50n, {
      label: { type: 'class', name: 'benign', classes: ['no', 'yes'] },
      columns: [...columns].reverse(),
    });
    const { listings } = await read();
    const show = (filter: Parameters<typeof filterListings>[1]) => ids(filterListings(listings, filter));
    const [first, second, third, fourth] = datasets();
    expect(show({})).to.have.length(6);
    expect(show({ label: 'benign' })).to.deep.equal([other.dataset]);
    expect(show({ columns: ['area', 'radius'] })).to.deep.equal([
      first,
      second,
      third,
      fourth,
      other.dataset,
    ]);
    expect(show({ maxPrice: 21n })).to.deep.equal([first, second, narrow.dataset]);
    expect(show({ minRows: 4 })).to.deep.equal([first, second, narrow.dataset, other.dataset]);
    expect(show({ minRows: 65 })).to.deep.equal([]);
    expect(show({ like: third })).to.deep.equal([first, second, third, fourth]);
    expect(show({ like: narrow.dataset })).to.deep.equal([narrow.dataset]);
    expect(() => show({ like: 999 }))
      .to.throw('999')
      .with.property('code', 'catalogue/unknown-dataset');
  });

  it('takes the order of columns for nothing, and their types for something', () => {
    const dataset = parseDescriptor(descriptorOf(stage.world, 0));
    const [first, ...rest] = dataset.columns;
    expect(schemaText({ ...dataset, columns: [...dataset.columns].reverse() })).to.equal(schemaText(dataset));
    const text = { type: 'text', name: first?.name ?? '', missing: false } as const;
    expect(schemaText({ ...dataset, columns: [text, ...rest] })).not.to.equal(schemaText(dataset));
    expect(
      schemaText({
        ...dataset,
        label: { type: 'number', name: dataset.label.name, minimum: null, maximum: null },
      }),
    ).not.to.equal(schemaText(dataset));
  });
});
