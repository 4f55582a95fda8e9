/** A launch from wishes on a real chain: what it chooses and costs, and that it costs no more when the market moves. */
import { expect } from 'chai';
import { arrangeJob, type JobWishes } from '#buyer/arrange.ts';
import type { Design } from '#buyer/design/design.ts';
import { findCoordinator } from '#buyer/find-coordinator.ts';
import { launch } from '#buyer/launch.ts';
import { readLaunch } from '#buyer/launch-record.ts';
import { assertAgreed, type Agreement } from '#buyer/quote.ts';
import { runningOf } from '#buyer/running.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { toAddress, toDecimal, toSeconds } from '#protocol/units.ts';
import { at, FUNDS } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf, descriptorOf, listDataset, planOf, startStage, type Stage } from './stage.ts';

describe('a launch from wishes', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage = await stage.reset();
  });
  after(() => stage.stop());

  const template = {
    model: { template: 'tabular-classifier', hidden: 3, filters: 1, image: null, embedding: 1, length: 1 },
    training: {},
    heldOut: null,
    vocabulary: [],
  } as const;
  const wishes = (change: Partial<JobWishes> = {}): JobWishes => ({
    what: template,
    label: 'malignant',
    columns: null,
    datasets: null,
    budget: 480n,
    rounds: null,
    bonusPool: 0n,
    running: runningOf(
      { address: stage.world.coordinator.address, url: 'http://127.0.0.1:7070' },
      { roundTimeout: 50, short: 100, long: 1_000, duration: 10_000, seed: digestOfText('seed') },
    ),
    ...change,
  });
  const arrange = (change: Partial<JobWishes> = {}) => arrangeJob(stage.setting, wishes(change));
  const spent = async () =>
    FUNDS - (await stage.setting.contracts.paymentToken.read.balanceOf(stage.setting.contracts.account));
  const datasets = () => stage.listings.map(({ dataset }) => dataset);
  /** Sells what is left of the first dataset's offer, but `left`. */
  const sellOut = async (left: bigint) => {
    const token = BigInt(at(stage.listings, 0).token);
    await stage.world.stranger.contracts.accessToken.send.buy(token, 1_000n - left);
  };

  it('chooses, designs, quotes, and launches exactly that', async () => {
    const { plan, quote, choice, agreed } = await arrange({ bonusPool: 41n });
    // Owners allow five rounds of 86, and no more.
    expect(plan.datasets).to.deep.equal(datasets());
    expect(plan.rounds).to.equal(5);
    expect(quote).to.include({ total: 471n, toPay: 471n });
    expect(choice.leftOut).to.deep.equal([]);
    expect(plan.recipe.features.map(({ name }) => name)).to.deep.equal(['radius', 'texture', 'area']);
    expect(plan.recipe.features[0]).to.deep.include({ centre: '0', scale: '4' });
    const { job } = await launch(stage.setting, plan, {
      name: 'job',
      purchase: 'permit',
      agreed,
      asked: 'this',
    });
    expect((await readJobFacts(stage.setting.contracts, job)).state).to.equal('active');
    expect(await spent()).to.equal(471n);
    expect(await readLaunch(stage.setting.home, 'job')).to.include({ asked: 'this', total: '471' });
  });

  it('is not for a sparse graph among owners who are too few for one', async () => {
    const { topology, recipe, aggregation } = planOf(stage);
    const sparse = { above: 2, corruption: toDecimal(0.05), dropout: toDecimal(0.05) };
    const what = { topology, recipe, aggregation: { ...aggregation, sparse } };
    expect(await codeOf(arrange({ what }))).to.equal('parameters/no-safe-graph');
    expect((await arrange({ what: { ...what, aggregation } })).plan.datasets).to.have.length(4);
  });

  it('takes an offer that disappeared for an error, not for a reason to pay more', async () => {
    const { plan, agreed } = await arrange();
    await sellOut(2n);
    const owner = at(stage.world.owners, 0).contracts.accessToken;
    const until = BigInt((await stage.world.chain.now()) + 1_000);
    await owner.send.offer(BigInt(at(datasets(), 0)), digestOfText('use'), 24n, until, 50);
    const run = (offers: Agreement) =>
      launch(stage.setting, plan, { name: 'job', purchase: 'permit', agreed: offers });
    expect(await codeOf(run(agreed))).to.equal('quote/sold-out');
    await at(stage.world.owners, 1).contracts.registry.send.retire(BigInt(at(datasets(), 1)));
    expect(await codeOf(run({ ...agreed, lines: agreed.lines.slice(1) }))).to.equal('quote/no-offer');
    expect(await spent()).to.equal(0n);
    expect(await readLaunch(stage.setting.home, 'job')).to.equal(null);
  });

  it('keeps to what was agreed when a cheaper offer appears too', async () => {
    const { plan, agreed, quote } = await arrange();
    const owner = at(stage.world.owners, 0).contracts.accessToken;
    const until = BigInt((await stage.world.chain.now()) + 1_000);
    await owner.send.offer(BigInt(at(datasets(), 0)), digestOfText('use'), 11n, until, 50);
    const { job } = await launch(stage.setting, plan, { name: 'job', purchase: 'permit', agreed });
    expect((await readJobFacts(stage.setting.contracts, job)).seats[0]?.price).to.equal(20n);
    expect(await spent()).to.equal(quote.total);
  });

  it('holds tokens, prices, units and the limit against what was agreed', () => {
    const line = { dataset: 3, token: 30, price: 5n, units: 2, held: 0, toBuy: 2, full: 10n, cost: 10n };
    const arbiter = { address: toAddress(`0x${'77'.repeat(20)}`), fee: 7n };
    const conditions = { fee: 250, arbiter };
    const agreed = { lines: [line], conditions, limit: 10n };
    const found = { lines: [line], conditions, total: 10n };
    const code = (now: Partial<typeof found>, to: Agreement = agreed) => {
      try {
        assertAgreed({ ...found, ...now }, to);
        return null;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(found)).to.equal(null);
    expect(code({ lines: [{ ...line, token: 31 }], total: 10n })).to.equal('quote/changed');
    expect(code({ lines: [{ ...line, price: 6n }], total: 10n })).to.equal('quote/changed');
    expect(code({ lines: [{ ...line, units: 3 }], total: 10n })).to.equal('quote/changed');
    expect(code({ lines: [{ ...line, dataset: 4 }], total: 10n })).to.equal('quote/changed');
    expect(code({ lines: [], total: 0n })).to.equal('quote/changed');
    expect(code({ conditions: { fee: 251, arbiter } })).to.equal('quote/changed');
    expect(code({ conditions: { fee: 250, arbiter: { ...arbiter, fee: 8n } } })).to.equal('quote/changed');
    expect(code({ conditions: { fee: 250, arbiter: { ...arbiter } } })).to.equal(null);
    expect(code({ lines: [line], total: 11n })).to.equal('quote/over-limit');
    expect(code({ lines: [line], total: 11n }, { ...agreed, limit: null })).to.equal(null);
  });

  it('takes named datasets all, or says which can not be had', async () => {
    const [first = 0, second = 0, third = 0, fourth = 0] = datasets();
    const { plan } = await arrange({ datasets: [third, first, second], rounds: 2, budget: null });
    expect(plan).to.deep.include({ datasets: [first, second, third], rounds: 2 });
    expect(await codeOf(arrange({ datasets: [first, second, third, 999] }))).to.equal('choice/left-out');
    expect(await codeOf(arrange({ datasets: datasets(), budget: 64n, rounds: 1 }))).to.equal(
      'choice/left-out',
    );
    const bad = at(stage.world.owners, 5).contracts;
    const registered = await bad.registry.send.register(digestOfText('nowhere'), bad.account);
    const { dataset } = at(bad.registry.events('DatasetRegistered', registered.logs), 0).args;
    const until = BigInt((await stage.world.chain.now()) + 1_000);
    await bad.accessToken.send.offer(dataset, digestOfText('use'), 1n, until, 50);
    expect(await codeOf(arrange({ datasets: [first, second, fourth, Number(dataset)] }))).to.equal(
      'choice/left-out',
    );
    // Among all that is for sale it is only passed over.
    expect((await arrange()).plan.datasets).to.deep.equal(datasets());
  });

  it('finds datasets for a recipe that is given, whatever the order of their columns', async () => {
    const { topology, recipe, aggregation } = planOf(stage);
    const what: Design = { topology, recipe, aggregation };
    const { columns } = parseDescriptor(descriptorOf(stage.world, 0));
    const turned = await listDataset(stage.world, stage.store, 4, 20n, {
      columns: [...columns].reverse(),
      policy: parseDescriptor(descriptorOf(stage.world, 1)).policy,
    });
    const narrow = await listDataset(stage.world, stage.store, 5, 20n, { columns: columns.slice(1) });
    const { plan, choice } = await arrange({ what, label: null, budget: 900n });
    expect(plan.datasets).to.deep.equal([...datasets(), turned.dataset]);
    expect(plan.recipe).to.deep.equal(recipe);
    expect(choice.leftOut.map(({ dataset }) => dataset)).to.deep.equal([narrow.dataset]);
    expect(choice.leftOut[0]?.why).to.match(/radius/);
  });

  it('refuses two datasets of one owner, and a cohort that an owner would not be in', async () => {
    const twin = await listDataset(stage.world, stage.store, 0, 20n);
    const named = planOf(stage, { datasets: [...datasets(), twin.dataset] });
    const run = (plan: typeof named) => launch(stage.setting, plan, { name: 'job', purchase: 'approve' });
    expect(await codeOf(run(named))).to.equal('launch/same-owner');
    const { policy } = parseDescriptor(descriptorOf(stage.world, 4));
    const picky = await listDataset(stage.world, stage.store, 4, 20n, {
      policy: { ...policy, minimumCohort: 5 },
    });
    const three = planOf(stage, { datasets: [...datasets().slice(0, 3), picky.dataset] });
    expect(await codeOf(run(three))).to.equal('launch/refused-by-policy');
    expect(await spent()).to.equal(0n);
  });

  describe("a coordinator's account", () => {
    const domain = () => ({ chainId: stage.world.deployment.chainId, escrow: stage.world.deployment.escrow });
    const says =
      (change: object = {}) =>
      () => ({
        status: async () => ({
          version: 1 as const,
          ...domain(),
          coordinator: stage.world.coordinator.address,
          startedAt: toSeconds(0),
          ...{ instance: 'the-one', database: 'embedded' },
          jobs: { active: 0, finished: 0, failed: 0 },
          ...change,
        }),
      });
    const find = (change: object, expected = null as typeof stage.world.buyer.address | null) =>
      findCoordinator('http://c', domain(), expected, says(change));

    it('is what it says, of this deployment, and the one that is meant', async () => {
      const { address } = stage.world.coordinator;
      expect(await find({})).to.deep.equal({ url: 'http://c', address });
      expect(await find({}, address)).to.deep.equal({ url: 'http://c', address });
      expect(await codeOf(find({}, stage.world.buyer.address))).to.equal('launch/other-coordinator');
      expect(await codeOf(find({ chainId: 5 }))).to.equal('launch/other-coordinator');
      expect(await codeOf(find({ escrow: address }))).to.equal('launch/other-coordinator');
      expect(await codeOf(find({ draining: true }))).to.equal('launch/draining');
      expect(await find({ draining: false })).to.deep.equal({ url: 'http://c', address });
    });
  });
});
