/** What a launch refuses, before it pays for anything. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { settlePending } from '#buyer/chain-time.ts';
import { launch, type LaunchStep, type Purchase } from '#buyer/launch.ts';
import { readLaunch } from '#buyer/launch-record.ts';
import { parsePlan, type Plan } from '#buyer/plan.ts';
import { publishTerms } from '#buyer/publish.ts';
import type { BuyerSetting } from '#buyer/setting.ts';
import { assertSparseRuns } from '#buyer/sparse-terms.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { toDecimal } from '#protocol/units.ts';
import { domain as otherDomain } from '#test/support/cohort.ts';
import { FUNDS } from '#test/contracts/world.ts';
import { codeOf, descriptorOf, listDataset, planOf, startStage, type Stage } from './stage.ts';

describe('a launch refuses', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  beforeEach(async () => {
    stage = await stage.reset();
  });
  after(() => stage.stop());

  const steps: LaunchStep[] = [];
  const run = (
    plan: Plan | null = planOf(stage),
    purchase: Purchase = 'approve',
    setting = stage.setting,
  ) => {
    steps.length = 0;
    return launch(setting, plan, { name: 'job', purchase, onStep: (step) => steps.push(step) });
  };
  const spent = async () =>
    FUNDS - (await stage.setting.contracts.paymentToken.read.balanceOf(stage.setting.contracts.account));

  const stopAt = (stop: LaunchStep) => (step: LaunchStep) => {
    if (step === stop) throw new Error('killed');
  };

  it('more readers than there is room for beside the arbiter, who is one', async () => {
    const others = Array.from({ length: 16 }, (_, n) => `0x${(n + 16).toString(16).repeat(20)}`);
    const readable = (readers: string[]) => planOf(stage, { evidence: { readers, retentionDays: 90 } });
    expect(await codeOf(run(readable(others)))).to.equal('launch/bad-plan');
    const { arbiter } = stage.world;
    const { job } = await run(readable([...others.slice(1), arbiter.address]));
    expect(await stage.setting.contracts.escrow.read.jobOf(BigInt(job))).to.include({
      arbiter: arbiter.address,
    });
  });

  it('a plan that is none', () => {
    const plan = planOf(stage);
    expect(() => parsePlan({ ...plan, rounds: 0 }))
      .to.throw('rounds')
      .with.property('code', 'launch/bad-plan');
    expect(() => parsePlan({ ...plan, minimumCohort: 2 }))
      .to.throw()
      .with.property('code', 'launch/bad-plan');
    const evidence = { readers: [], retentionDays: 1 };
    const windows = { ...plan.windows, long: 86_400 };
    expect(parsePlan({ ...plan, windows, evidence }).evidence).to.deep.equal(evidence);
    expect(() => parsePlan({ ...plan, windows: { ...windows, long: 86_401 }, evidence }))
      .to.throw('evidence.retentionDays: evidence is kept 1 day, a round may be challenged for 86401 seconds')
      .with.property('code', 'launch/bad-plan');
  });

  it('a name that could leave the home', async () => {
    for (const name of ['', '../x', 'A', 'a/b']) {
      const started = launch(stage.setting, planOf(stage), { name, purchase: 'held' });
      expect(await codeOf(started)).to.equal('launch/bad-name');
    }
  });

  it('to go on with nothing', async () => {
    expect(await codeOf(run(null))).to.equal('launch/no-record');
  });

  it('another plan under the same name', async () => {
    await run();
    expect(await codeOf(run(planOf(stage, { rounds: 1 })))).to.equal('launch/other-plan');
  });

  it('a record of another account or deployment', async () => {
    await run();
    const file = join(stage.setting.home, 'launches', 'job.json');
    const record = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...record, escrow: otherDomain.escrow }));
    expect(await codeOf(run(null))).to.equal('launch/other-deployment');
    await writeFile(file, '{');
    expect(await codeOf(run(null))).to.equal('launch/damaged-record');
  });

  it('to go on with a job that was cancelled', async () => {
    const stopped = launch(stage.setting, planOf(stage), {
      name: 'job',
      purchase: 'approve',
      onStep: stopAt('opened'),
    });
    await stopped.catch(() => undefined);
    const { job } = (await readLaunch(stage.setting.home, 'job')) ?? {};
    await stage.setting.contracts.escrow.send.cancel(BigInt(job ?? 0));
    expect(await codeOf(run(null))).to.equal('launch/job-over');
  });

  it('fewer datasets than the cohort needs', async () => {
    const plan = planOf(stage, { minimumCohort: 5 });
    expect(await codeOf(run(plan))).to.equal('launch/too-few-datasets');
  });

  it('more datasets than a roster can hold', async () => {
    const line = { dataset: 1, token: 1, price: 1n, units: 2, held: 0, toBuy: 2, full: 2n, cost: 2n };
    const lines = Array.from({ length: 101 }, () => line);
    const { contracts } = stage.setting;
    const published = publishTerms(contracts, stage.store, contracts.account, planOf(stage), lines);
    expect(await codeOf(published)).to.equal('launch/too-many-datasets');
  });

  it('a recipe of another width than the model', async () => {
    const { recipe } = planOf(stage);
    const narrow = { ...recipe, features: recipe.features.slice(1) };
    expect(await codeOf(run(planOf(stage, { recipe: narrow })))).to.equal('job/model-mismatch');
  });

  it('a dataset with other columns, or another label', async () => {
    const { columns } = parseDescriptor(descriptorOf(stage.world, 0));
    const other = await listDataset(stage.world, stage.store, 0, 25n, { columns: columns.slice(1) });
    const datasets = [...stage.listings.map(({ dataset }) => dataset), other.dataset];
    expect(await codeOf(run(planOf(stage, { datasets })))).to.equal('launch/other-columns');
    const label = await listDataset(stage.world, stage.store, 0, 5n, {
      label: { type: 'class', name: 'benign', classes: ['no', 'yes'] },
    });
    datasets[4] = label.dataset;
    expect(await codeOf(run(planOf(stage, { datasets })))).to.equal('launch/other-columns');
  });

  it('terms that an owner’s policy forbids', async () => {
    const cheap = await listDataset(stage.world, stage.store, 0, 9n);
    const datasets = [...stage.listings.map(({ dataset }) => dataset), cheap.dataset];
    expect(await codeOf(run(planOf(stage, { datasets })))).to.equal('launch/refused-by-policy');
    expect(await codeOf(run(planOf(stage, { rounds: 6 })))).to.equal('launch/refused-by-policy');
    expect(await spent()).to.equal(0n);
  });

  it('a ring that is too wide, or weights too far apart for it', async () => {
    const aggregation = { bits: 21, clip: '1', range: '1', chunkWords: 8, rounding: 'nearest', sparse: null };
    expect(await codeOf(run(planOf(stage, { aggregation })))).to.equal('parameters/bits');
  });

  describe('of a sparse job', () => {
    const sparse = { above: 2, corruption: toDecimal(0.05), dropout: toDecimal(0.05) };
    const planFor = (datasets: number, roundTimeout: number) => {
      const plan = planOf(stage);
      return {
        datasets: Array.from({ length: datasets }, (_, index) => index + 1),
        aggregation: { ...plan.aggregation, sparse },
        windows: { ...plan.windows, roundTimeout },
      };
    };
    const asked = (datasets: number, roundTimeout: number) =>
      assertSparseRuns(stage.setting.contracts, planFor(datasets, roundTimeout));

    it('a size for which no graph is safe', async () => {
      const { aggregation } = planFor(4, 50);
      expect(await codeOf(run(planOf(stage, { aggregation })))).to.equal('parameters/no-safe-graph');
      expect(await readLaunch(stage.setting.home, 'job')).to.equal(null);
      for (const size of [3, 5, 6])
        expect(await codeOf(asked(size, 50))).to.equal('parameters/no-safe-graph');
      await asked(7, 50);
    });

    it('rounds that anyone could abort before their graph is drawn', async () => {
      // Two blocks to the seed, one on it and one on the survivors, here a second each.
      const { provider } = stage.world.chain;
      for (let block = 0; block < 65; block++) await provider.send('evm_mine', []);
      expect(await codeOf(asked(12, 4))).to.equal('launch/round-timeout-too-short');
      await asked(12, 5);
      const { aggregation, ...others } = planFor(12, 4);
      await assertSparseRuns(stage.setting.contracts, {
        ...others,
        aggregation: { ...aggregation, sparse: null },
      });
    });
  });

  it('to begin while a transaction of its own is under way', async () => {
    const { contracts } = stage.setting;
    const counts = (latest: number, pending: number) => ({
      ...contracts,
      provider: {
        getTransactionCount: async (_: string, tag: string) => (tag === 'pending' ? pending : latest),
      } as unknown as BuyerSetting['contracts']['provider'],
    });
    const wait = { timeoutMs: 20, pollMs: 5 };
    await launch(stage.setting, planOf(stage), {
      name: 'job',
      purchase: 'approve',
      onStep: stopAt('published'),
    }).catch(() => undefined);
    const busy = { ...stage.setting, contracts: counts(3, 4) };
    const again = launch(busy, null, { name: 'job', purchase: 'approve', pending: wait });
    expect(await codeOf(again)).to.equal('launch/pending-transaction');
    expect(await codeOf(settlePending(counts(3, 4), contracts.account, wait))).to.equal(
      'launch/pending-transaction',
    );
    await settlePending(counts(4, 4), contracts.account, wait);
  });

  it('to publish where the descriptor is not to be had', async () => {
    const setting = { ...stage.setting, store: scratchStore() };
    expect(await codeOf(run(planOf(stage), 'approve', setting))).to.equal('ipfs/not-found');
    expect(await readLaunch(stage.setting.home, 'job')).to.equal(null);
  });
});
