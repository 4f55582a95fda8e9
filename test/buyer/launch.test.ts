/** A launch on a real chain: what it makes, and how it goes on after a stop anywhere. */
import { expect } from 'chai';
import { launch, type LaunchStep, type Purchase } from '#buyer/launch.ts';
import { readLaunch } from '#buyer/launch-record.ts';
import { addSeats } from '#buyer/open-job.ts';
import { type Plan } from '#buyer/plan.ts';
import { readEvents } from '#contracts/events.ts';
import { conditionsNow } from '#contracts/opening-conditions.ts';
import { quoteJob } from '#buyer/quote.ts';
import { findRefundable } from '#buyer/refundable.ts';
import { readJobFacts } from '#contracts/job-facts.ts';
import { TributaryError } from '#crypto/error.ts';
import { parseDescriptor } from '#datasets/descriptor.ts';
import { loadJob } from '#model/job.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { at, FUNDS } from '#test/contracts/world.ts';
import { codeOf, planOf, startStage, type Stage } from './stage.ts';

const access = 2n * (20n + 21n + 22n + 23n);
const bonus = 1_000n;

describe('a launch', () => {
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
  const opened = async () =>
    (await readEvents(stage.setting.contracts, stage.setting.contracts.escrow, 'JobOpened', {})).length;

  const stopAt = (stop: LaunchStep) => (step: LaunchStep) => {
    if (step === stop) throw new Error('killed');
  };

  it('makes an active job whose terms, blocks and seats are the plan’s', async () => {
    const { job, terms } = await run();
    expect(steps).to.deep.equal(['published', 'bought', 'opened', 'seated', 'activated']);
    const facts = await readJobFacts(stage.setting.contracts, job);
    expect(facts).to.include({
      state: 'active',
      terms,
      rounds: 2,
      bonusPool: bonus,
      coordinator: stage.world.coordinator.address,
    });
    expect(facts.seats.map(({ price, units }) => [price, units])).to.deep.equal([
      [20n, 2],
      [21n, 2],
      [22n, 2],
      [23n, 2],
    ]);
    const { chainId, escrow } = stage.world.deployment;
    const loaded = await loadJob(stage.store, { chainId, escrow }, facts);
    expect(loaded.manifest.datasets.map(({ weight }) => weight)).to.deep.equal([4, 4, 2, 1]);
    expect(loaded.parameters).to.include({ maxWeight: 4, dimension: 16, bits: 12, chunkWords: 8 });
    expect(loaded.manifest.evidence).to.deep.equal({ readers: [], retentionDays: 90 });
    expect(loaded.manifest.coordinator.url).to.equal('http://127.0.0.1:7070');
    const first = parseDescriptor(await stage.store.get(at(loaded.manifest.datasets, 0).descriptor));
    expect(first.name).to.equal('clinic 0');
    expect(await spent()).to.equal(access + bonus);
    const read = await stage.setting.contracts.escrow.read.jobOf(BigInt(job));
    expect(read).to.include({ roundTimeout: 50, shortWindow: 100, longWindow: 1_000 });
  });

  it('does nothing when it is run again', async () => {
    const { job } = await run();
    expect(await run(null)).to.deep.include({ job });
    expect(steps).to.deep.equal(['published']);
    expect(await spent()).to.equal(access + bonus);
    expect(await opened()).to.equal(1);
  });

  for (const stop of ['published', 'bought', 'opened', 'seated'] as const) {
    it(`goes on where it was stopped after “${stop}”, and pays nothing twice`, async () => {
      const stopped = launch(stage.setting, planOf(stage), {
        name: 'job',
        purchase: 'permit',
        onStep: stopAt(stop),
      });
      expect(await stopped.catch((error: unknown) => String(error))).to.equal('Error: killed');
      // The command draws a new seed each time; the recorded one stays.
      const { job } = await run(planOf(stage, { seed: digestOfText('another') }), 'permit');
      expect((await readJobFacts(stage.setting.contracts, job)).state).to.equal('active');
      expect(await spent()).to.equal(access + bonus);
      expect(await opened()).to.equal(1);
    });
  }

  describe('where the deployment asks a fee', () => {
    /** 5 % of each of the four prices, rounded down, for two units. */
    const fees = 2n * (1n + 1n + 1n + 1n);
    const policy = () => stage.world.deployer.contracts.policy.send;
    beforeEach(() => policy().setFee(500));

    it('pays it on top of each unit, names it in the quote, and has it back with a job that never ran', async () => {
      const { contracts } = stage.setting;
      const conditions = await conditionsNow(contracts);
      expect(conditions).to.deep.equal({
        fee: 500,
        arbiter: { address: stage.world.arbiter.address, fee: 1_000n },
      });
      const { datasets, rounds } = planOf(stage);
      const wanted = { datasets, rounds, bonusPool: bonus, conditions };
      const quote = await quoteJob(contracts, contracts.account, wanted);
      expect(quote).to.include({ fees, total: access + bonus + fees, toPay: access + bonus + fees });
      const units = await quoteJob(contracts, contracts.account, { ...wanted, conditions: null });
      expect(units).to.include({ fees: 0n, total: access + bonus });
      const { job } = await run();
      expect(await spent()).to.equal(access + bonus + fees);
      expect((await readJobFacts(contracts, job)).fee).to.equal(500);
      const held = await contracts.paymentToken.read.balanceOf(contracts.escrow.address);
      expect(held, 'in the escrow').to.equal(access + bonus + fees);
      const { jobs } = await findRefundable(contracts, contracts.account, job);
      expect(jobs[0]).to.include({ state: 'running', worth: access + bonus + fees });
    });

    for (const stop of ['bought', 'opened', 'seated'] as const) {
      it(`pays it once where the launch was stopped after “${stop}”`, async () => {
        const stopped = launch(stage.setting, planOf(stage), {
          name: 'job',
          purchase: 'permit',
          onStep: stopAt(stop),
        });
        expect(await stopped.catch((error: unknown) => String(error))).to.equal('Error: killed');
        await run(null, 'permit');
        expect(await spent()).to.equal(access + bonus + fees);
      });
    }

    it('opens no job at a fee that was not quoted', async () => {
      const stopped = launch(stage.setting, planOf(stage), {
        name: 'job',
        purchase: 'permit',
        onStep: stopAt('bought'),
      });
      await stopped.catch(() => undefined);
      await policy().setFee(400);
      expect(await codeOf(run(null))).to.equal('escrow/fee-differs');
      await policy().setFee(500);
      await policy().listArbiter(stage.world.arbiter.address, 1_001n);
      expect(await codeOf(run(null))).to.equal('escrow/arbiter-fee-differs');
      expect(await spent(), 'the units alone, which can be given back').to.equal(access);
      expect(await opened()).to.equal(0);
    });

    it('buys nothing while no jobs are opened, nor with an arbiter who is not listed', async () => {
      const { stranger } = stage.world;
      const asked = { name: 'job', purchase: 'permit', arbiter: stranger.address } as const;
      expect(await codeOf(launch(stage.setting, planOf(stage), asked))).to.equal('escrow/arbiter-not-listed');
      await policy().setPaused(true);
      expect(await codeOf(run())).to.equal('escrow/opening-is-paused');
      expect(await spent()).to.equal(0n);
      await policy().setPaused(false);
      await policy().listArbiter(stranger.address, 5n);
      const { job } = await launch(stage.setting, planOf(stage), asked);
      expect((await readJobFacts(stage.setting.contracts, job)).arbiter).to.equal(stranger.address);
    });
  });

  it('finds the job again whose opening was sent and never heard of', async () => {
    const { contracts } = stage.setting;
    const open: typeof contracts.escrow.send.open = async (opening) => {
      await contracts.escrow.send.open(opening);
      throw new TributaryError('chain/not-mined', 'no receipt came');
    };
    const deaf = { ...contracts, escrow: { ...contracts.escrow, send: { ...contracts.escrow.send, open } } };
    expect(await codeOf(run(planOf(stage), 'approve', { ...stage.setting, contracts: deaf }))).to.equal(
      'chain/not-mined',
    );
    expect(await readLaunch(stage.setting.home, 'job')).to.include({ job: null, activated: false });
    await run(null);
    expect(await opened()).to.equal(1);
    expect(await spent()).to.equal(access + bonus);
  });

  it('goes on after only some of the seats were added', async () => {
    const { contracts } = stage.setting;
    const addSeats: typeof contracts.escrow.send.addSeats = async (job, tokens, units) => {
      await contracts.escrow.send.addSeats(job, tokens.slice(0, 3), units.slice(0, 3));
      throw new TributaryError('chain/unreachable', 'the chain is away');
    };
    const half = {
      ...contracts,
      escrow: { ...contracts.escrow, send: { ...contracts.escrow.send, addSeats } },
    };
    expect(await codeOf(run(planOf(stage), 'approve', { ...stage.setting, contracts: half }))).to.equal(
      'chain/unreachable',
    );
    const { job } = await run(null);
    const facts = await readJobFacts(contracts, job);
    expect(facts.seats.map(({ dataset }) => Number(dataset))).to.deep.equal(
      stage.listings.map(({ dataset }) => dataset),
    );
    expect(await spent()).to.equal(access + bonus);
  });

  it('adds seats in batches, in order', async () => {
    const stopped = launch(stage.setting, planOf(stage), {
      name: 'job',
      purchase: 'approve',
      onStep: stopAt('opened'),
    });
    await stopped.catch(() => undefined);
    const { contracts } = stage.setting;
    const facts = await readJobFacts(contracts, (await readLaunch(stage.setting.home, 'job'))?.job ?? 0);
    const lines = stage.listings.map((listing) => ({ ...listing, units: 2 }));
    await addSeats(contracts, facts, lines, 3);
    const added = await readEvents(contracts, contracts.escrow, 'SeatAdded', { job: BigInt(facts.job) });
    expect(added.map(({ args }) => args.seat)).to.deep.equal([0, 1, 2, 3]);
    const [first, second, third, fourth] = added.map(({ transaction }) => transaction);
    expect([second, third]).to.deep.equal([first, first]);
    expect(fourth).not.to.equal(first);
    await run(null);
    expect(await spent()).to.equal(access + bonus);
  });

  it('keeps to the offers that its terms name, when a cheaper one appears', async () => {
    const stopped = launch(stage.setting, planOf(stage), {
      name: 'job',
      purchase: 'approve',
      onStep: stopAt('published'),
    });
    await stopped.catch(() => undefined);
    const owner = at(stage.world.owners, 0).contracts.accessToken;
    const until = BigInt((await stage.world.chain.now()) + 1_000);
    await owner.send.offer(BigInt(at(stage.listings, 0).dataset), digestOfText('use'), 11n, until, 50);
    const { job } = await run(null);
    expect((await readJobFacts(stage.setting.contracts, job)).seats[0]?.price).to.equal(20n);
  });

  it('buys nothing when told to use what is held', async () => {
    expect(await codeOf(run(planOf(stage), 'held'))).to.equal('buyer/units-not-owned');
    expect(await spent()).to.equal(0n);
    const { accessToken, paymentToken } = stage.setting.contracts;
    await paymentToken.send.approve(accessToken.address, access);
    for (const { token } of stage.listings) await accessToken.send.buy(BigInt(token), 2n);
    await run(null, 'held');
    expect(await spent()).to.equal(access + bonus);
  });

  it('wants money for the bonus too before it buys anything', async () => {
    const plan = planOf(stage, { bonusPool: String(FUNDS - 100n) });
    expect(await codeOf(run(plan))).to.equal('quote/balance-too-low');
    expect(await spent()).to.equal(0n);
  });
});
