/** What comes back: said first, then done, and nothing twice. */
import { expect } from 'chai';
import { cancelJob } from '#buyer/exits.ts';
import { moneyText, readToken } from '#buyer/money.ts';
import { takeRefunds, type RefundStep } from '#buyer/refund.ts';
import { findRefundable } from '#buyer/refundable.ts';
import { launch } from '#buyer/launch.ts';
import type { Evaluating } from '#buyer/rounds.ts';
import { at, FUNDS } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { codeOf, planOf, startStage, type Stage } from './stage.ts';
import { evaluatingRows, launched } from './watching.ts';

describe('refunds', () => {
  let stage: Stage;
  let evaluating: Evaluating;
  before(async () => {
    stage = await startStage();
    evaluating = await evaluatingRows();
  });
  beforeEach(async () => {
    stage = await stage.reset();
  });
  after(() => stage.stop());

  const contracts = () => stage.setting.contracts;
  const spent = async () => FUNDS - (await contracts().paymentToken.read.balanceOf(contracts().account));
  const look = (job: number | null = null) => findRefundable(contracts(), contracts().account, job);
  const take = async (job: number | null = null) => {
    const steps: RefundStep[] = [];
    const done = await takeRefunds(contracts(), job, (step) => steps.push(step));
    return { ...done, steps: steps.map(({ step }) => step) };
  };
  const later = async (seconds: number) =>
    stage.world.chain.mineAt((await stage.world.chain.now()) + seconds);

  it('gives unused units back, bought or given by another', async () => {
    const [first, second] = stage.listings;
    await contracts().paymentToken.send.approve(contracts().accessToken.address, 1_000n);
    await contracts().accessToken.send.buy(BigInt(first?.token ?? 0), 3n);
    const { stranger } = stage.world;
    const token = BigInt(second?.token ?? 0);
    await stranger.contracts.accessToken.send.buy(token, 2n);
    await stranger.contracts.accessToken.send.safeBatchTransferFrom(
      stranger.address,
      contracts().account,
      [token],
      [2n],
      '0x',
    );
    expect(await look()).to.deep.equal({
      units: [
        { ...first, units: 3n, worth: 60n },
        { ...second, units: 2n, worth: 42n },
      ],
      jobs: [],
      credits: 0n,
    });
    const { returned, left, steps } = await take();
    expect(steps).to.deep.equal(['redeemed', 'redeemed']);
    expect(returned).to.equal(102n);
    expect(left).to.deep.equal({ units: [], jobs: [], credits: 0n });
    expect(await spent()).to.equal(-42n);
    expect(await take()).to.deep.equal({ returned: 0n, left, steps: [] });
  });

  it('leaves units alone where one job is named', async () => {
    await contracts().paymentToken.send.approve(contracts().accessToken.address, 1_000n);
    await contracts().accessToken.send.buy(BigInt(at(stage.listings, 0).token), 3n);
    const { job } = await launched(stage, evaluating);
    expect((await look(job)).units).to.deep.equal([]);
    expect((await look()).units).to.have.length(1);
  });

  it('says from when a running job gives what back, and takes no more than that', async () => {
    const run = await launched(stage, evaluating);
    const [before] = (await look()).jobs;
    expect(before).to.include({ job: run.job, state: 'running', worth: 1_172n });
    await run.coordinator({}, [[2], []]).settle();
    // Round 1 earned 20 + 21 + 23 and 3 × ⌊500 / 3⌋.
    const { jobs } = await look();
    expect(jobs[0]).to.include({ state: 'running', worth: 1_172n - 64n - 498n });
    expect((await take()).returned).to.equal(0n);
    const from = jobs[0]?.from ?? 0;
    await stage.world.chain.mineAt(from - 2);
    expect((await look()).jobs[0]?.state).to.equal('running');
    await stage.world.chain.mineAt(from);
    expect((await look()).jobs[0]).to.deep.include({ state: 'closable', worth: 610n, from: null });
    const { returned, steps, left } = await take(run.job);
    expect(steps).to.deep.equal(['closed', 'unearned', 'withdrawn']);
    expect(returned).to.equal(610n);
    expect(left).to.deep.equal({
      units: [],
      jobs: [{ job: run.job, state: 'done', worth: 0n, from: null }],
      credits: 0n,
    });
    expect((await look()).jobs).to.deep.equal([]);
    expect((await take(run.job)).steps).to.deep.equal([]);
    expect(await spent()).to.equal(562n);
  });

  it('counts the fee of each unit that is not earned, and none of those that are', async () => {
    await stage.world.deployer.contracts.policy.send.setFee(500);
    const run = await launched(stage, evaluating);
    expect((await look()).jobs[0]).to.include({ state: 'running', worth: 1_180n });
    await run.coordinator({}, [[2], []]).settle();
    // Three units of round 1 are earned: 64, three fees of 1, and 498 of bonus.
    expect((await look()).jobs[0]).to.include({ state: 'running', worth: 1_180n - 64n - 3n - 498n });
    await later(20_000);
    expect((await look()).jobs[0]).to.include({ state: 'closable', worth: 615n });
    expect((await take(run.job)).returned).to.equal(615n);
    expect((await look(run.job)).jobs[0]?.state).to.equal('done');
    expect(await spent()).to.equal(565n);
  });

  it('waits for the last round to be final where the job was closed at its cutoff before', async () => {
    const run = await launched(stage, evaluating);
    const { facts } = await run.state();
    await stage.world.chain.nextBlockAt(facts.cutoff - 10);
    await run.coordinator({}, [[2], []]).settle();
    const { readyAt } = at((await run.state()).facts.settlements, 0);
    expect(readyAt).to.be.above(facts.cutoff);
    await stage.world.chain.mineAt(facts.cutoff);
    const { steps, left } = await take(run.job);
    expect(steps).to.deep.equal(['closed', 'withdrawn']);
    expect(left.jobs).to.deep.equal([{ job: run.job, state: 'waiting', worth: 24n, from: readyAt }]);
    await stage.world.chain.mineAt(readyAt);
    expect((await take(run.job)).steps).to.deep.equal(['unearned', 'withdrawn']);
  });

  it('goes on where it was cut: closed, but not shown or withdrawn', async () => {
    const run = await launched(stage, evaluating);
    await run.coordinator({}, [[2], []]).settle();
    await later(20_000);
    await contracts().escrow.send.close(BigInt(run.job));
    const found = await look();
    // Round 2 never came: 86 and 500. Of round 1: a unit of 22 and the bonus that does not divide.
    expect(found).to.deep.include({ credits: 586n });
    expect(found.jobs).to.deep.equal([{ job: run.job, state: 'unearned', worth: 24n, from: null }]);
    const { returned, steps } = await take();
    expect(steps).to.deep.equal(['unearned', 'withdrawn']);
    expect(returned).to.equal(610n);
  });

  it('ends with the last round where all are settled, and a window later', async () => {
    const run = await launched(stage, evaluating);
    const fake = run.coordinator({}, [[], []]);
    await fake.settle();
    await fake.settle();
    const { jobs } = await look();
    const { facts } = await run.state();
    expect(jobs[0]).to.include({ state: 'running', from: at(facts.settlements, 1).readyAt, worth: 0n });
    await stage.world.chain.mineAt(at(facts.settlements, 1).readyAt);
    expect((await take()).steps).to.deep.equal(['closed']);
    expect((await look(run.job)).jobs[0]?.state).to.equal('done');
  });

  it('is all of a job that was never activated, once it is cancelled or past its cutoff', async () => {
    const open = (name: string, seed: string) =>
      launch(stage.setting, planOf(stage, { seed: digestOfText(seed) }), {
        name,
        purchase: 'approve',
        onStep: (step) => {
          if (step === 'seated') throw new Error('killed');
        },
      }).catch(() => undefined);
    await open('one', 'one');
    await open('two', 'two');
    const { jobs } = await look();
    expect(jobs.map(({ state, worth }) => [state, worth])).to.deep.equal([
      ['running', 1_172n],
      ['running', 1_172n],
    ]);
    await cancelJob(contracts(), at(jobs, 0).job);
    expect((await look()).jobs.map(({ job }) => job)).to.deep.equal([at(jobs, 1).job]);
    expect((await take()).returned).to.equal(1_172n);
    await stage.world.chain.mineAt(at(jobs, 1).from ?? 0);
    expect((await take()).steps).to.deep.equal(['closed', 'withdrawn']);
    expect(await spent()).to.equal(0n);
  });

  it('leaves a job with other payouts than were earned to an auditor', async () => {
    const run = await launched(stage, evaluating);
    await run.coordinator({ payoutRoot: digestOfText('mine') }).settle();
    await later(20_000);
    expect((await look()).jobs).to.deep.equal([{ job: run.job, state: 'altered', worth: 0n, from: null }]);
    expect((await take()).steps).to.deep.equal([]);
    expect(await codeOf(take(run.job))).to.equal('refund/other-payouts');
  });

  it('tells amounts in base units and as the token counts them', async () => {
    const token = await readToken(contracts());
    expect(token.decimals).to.be.above(0);
    const usd = { symbol: 'USD', decimals: 6 };
    expect(moneyText(1_500_000n, usd)).to.equal('1500000 (1.5 USD)');
    expect(moneyText(7n, usd)).to.equal('7 (0.000007 USD)');
    expect(moneyText(0n, usd)).to.equal('0 (0 USD)');
    expect(moneyText(-2_000_000n, usd)).to.equal('-2000000 (-2 USD)');
    expect(moneyText(12n, { symbol: '', decimals: 0 })).to.equal('12');
    expect(moneyText(12n, { symbol: 'PTS', decimals: 0 })).to.equal('12 PTS');
    const naming = (symbol: string, decimals = 6) => ({
      ...contracts(),
      paymentToken: {
        ...contracts().paymentToken,
        read: {
          ...contracts().paymentToken.read,
          symbol: async () => symbol,
          decimals: async () => decimals,
        },
      },
    });
    expect(await readToken(naming('ABC'))).to.deep.equal({ symbol: 'ABC', decimals: 6 });
    for (const odd of [naming('\u001b[2J'), naming(''), naming('ABC', 99)]) {
      expect(await readToken(odd)).to.deep.equal({ symbol: '', decimals: 0 });
    }
    const silent = naming('ABC');
    const mute = { ...silent.paymentToken.read, symbol: () => Promise.reject(new Error('no such method')) };
    expect(
      await readToken({ ...silent, paymentToken: { ...silent.paymentToken, read: mute } }),
    ).to.deep.equal({ symbol: '', decimals: 0 });
  });
});
