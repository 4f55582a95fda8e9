import { expect } from 'chai';
import { readSettlements } from '#contracts/job-facts.ts';
import { settlementsOf, voidingsOf } from '#contracts/events.ts';
import type { Settled } from '#coordinator/round/settled.ts';
import { keepPosted, type KeepPostedParts } from '#coordinator/settlement/keep-posted.ts';
import { settler } from '#coordinator/settlement/settle.ts';
import type { Bytes32 } from '#protocol/units.ts';
import type { TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { settlementsOn, settleAll, threeRounds, voidFrom } from '../disputed.ts';
import { memoryLog } from '../fakes.ts';
import { eventually } from '../launch.ts';

describe('the rounds that a coordinator settled', function () {
  this.timeout(120_000);
  let world: World;
  let job: TestJob;
  let settled: Settled[];
  let running: (() => Promise<void>)[];

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    running = [];
    job = await threeRounds(world);
    settled = await settleAll(world, job, 3);
  });
  afterEach(async () => {
    for (const stop of running) await stop();
  });

  function keep(changes: Partial<KeepPostedParts> = {}) {
    const { contracts } = world.coordinator;
    const stopping = new AbortController();
    const log = memoryLog();
    const moved: [number, Bytes32][] = [];
    const voided: [number, number, Bytes32][] = [];
    const done = keepPosted({
      contracts,
      pollMillis: 20,
      unsettledBlocks: 1,
      settled: () => [{ job: Number(job.job), last: settled.length }],
      settledRound: async (_job, round) => settled[round - 1] ?? null,
      post: settler(contracts),
      moved: async ({ round }, transaction) => void moved.push([round, transaction]),
      voided: async ({ round }, last, transaction) => void voided.push([round, last, transaction]),
      log,
      signal: stopping.signal,
      ...changes,
    });
    const stop = async () => {
      stopping.abort();
      await done;
    };
    running.push(stop);
    return { log, moved, voided, stop };
  }

  const isPosted = () =>
    eventually(
      () => settlementsOn(world, job),
      (found) => found.length === settled.length,
    );
  const nonce = () => world.chain.provider.getTransactionCount(world.coordinator.address);
  const contentOf = ({
    round,
    attempt,
    manifest,
    payoutRoot,
    total,
    participants,
  }: object & Record<string, unknown>) => ({
    ...{ round, attempt, manifest, payoutRoot, total, participants },
  });

  it('are left alone while they stand, without a transaction', async () => {
    const before = await nonce();
    const { log } = keep();
    await voidFrom(
      world,
      await threeRounds(world).then(async (other) => (await settleAll(world, other, 1), other)),
      1,
    );
    expect(await nonce()).to.equal(before + 1);
    expect(log.lines).to.deep.equal([]);
  });

  it('are posted again in order when the first is void, as they were, and name their first transactions', async () => {
    const before = await settlementsOn(world, job);
    await voidFrom(world, job, 1);
    expect(await settlementsOn(world, job)).to.deep.equal([]);
    const { log, moved, voided } = keep();
    const again = await isPosted();
    expect(again.map(contentOf)).to.deep.equal(before.map(contentOf));
    expect(again.map(({ transaction }) => transaction)).to.deep.equal(
      settled.map(({ transaction }) => transaction),
    );
    expect(again.map(({ head }) => head)).to.not.include.members(before.map(({ head }) => head));
    const postings = await settlementsOf(world.coordinator.contracts, job.job);
    expect(postings.map(({ args }) => args.round)).to.deep.equal([1, 2, 3, 1, 2, 3]);
    const said = log.lines.filter(
      ({ message }) => message === 'the round is not on chain any more: it is posted again',
    );
    expect(said.map(({ facts }) => facts)).to.deep.equal(
      [1, 2, 3].map((round) => ({ job: Number(job.job), round, attempt: 1 })),
    );
    expect(moved).to.deep.equal([]);
    const [voiding] = await voidingsOf(world.coordinator.contracts, job.job);
    expect(voided).to.deep.equal([[1, 3, voiding?.transaction]]);
  });

  it('are posted from the void one on alone', async () => {
    const [first] = await settlementsOn(world, job);
    await voidFrom(world, job, 2);
    keep();
    const again = await isPosted();
    expect(again[0]).to.deep.equal(first);
    const postings = await settlementsOf(world.coordinator.contracts, job.job);
    expect(postings.map(({ args }) => args.round)).to.deep.equal([1, 2, 3, 2, 3]);
  });

  it('are posted once each, where it was cut off after a transaction that it did not hear of', async () => {
    await voidFrom(world, job, 1);
    const { contracts } = world.coordinator;
    let cut: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => (cut = resolve));
    const first = keep({
      async post(state) {
        await settler(contracts)(state);
        cut();
        return new Promise(() => undefined);
      },
    });
    await sent;
    await first.stop();
    expect(await settlementsOn(world, job)).to.have.length(1);
    const before = await nonce();
    keep();
    await isPosted();
    expect(await nonce()).to.equal(before + 2);
  });

  it('are posted again when a reorganisation drops one, and the new transaction is known', async () => {
    await world.reset();
    job = await threeRounds(world);
    settled = await settleAll(world, job, 1);
    const snapshot = await world.chain.snapshot();
    const second = (await settleAll(world, job, 2))[1]!;
    settled.push(second);
    await world.chain.revert(snapshot);
    // The other branch has a block of its own, so that the same transaction has another price and another hash.
    await world.chain.mineAt((await world.chain.now()) + 40);
    expect(await settlementsOn(world, job)).to.have.length(1);
    const { moved } = keep();
    const [, again] = await isPosted();
    expect(again).to.deep.include({ manifest: second.proposal.manifest });
    expect(again?.transaction).to.not.equal(second.transaction);
    await eventually(async () => moved.length, Boolean);
    expect(moved).to.deep.equal([[2, again?.transaction]]);
  });

  it('are missed for as long as a reorganisation takes before they are posted again', async () => {
    await world.reset();
    job = await threeRounds(world);
    settled = await settleAll(world, job, 1);
    await world.reset();
    job = await threeRounds(world);
    const before = await nonce();
    let looks = 0;
    const settledAt = () => {
      looks += 1;
      return [{ job: Number(job.job), last: 1 }];
    };
    const lookedTwice = async () => {
      const seen = looks;
      await eventually(async () => looks > seen + 2, Boolean);
    };
    keep({ unsettledBlocks: 3, settled: settledAt });
    await lookedTwice();
    await world.chain.provider.send('evm_mine', []);
    await lookedTwice();
    expect(await nonce()).to.equal(before);
    await world.chain.provider.send('evm_mine', []);
    expect(await isPosted()).to.have.length(1);
    expect(await nonce()).to.equal(before + 1);
  });

  it('are lost where the folder is: said once, in words of its own, and nothing is sent', async () => {
    await voidFrom(world, job, 3);
    const before = await nonce();
    const { log } = keep({ settledRound: async () => null });
    await eventually(
      async () => log.lines.length,
      (lines) => lines > 0,
    );
    expect(log.lines[0]).to.deep.include({ level: 'warn' });
    expect(log.lines[0]?.facts).to.include({ code: 'coordinator/round-lost', round: 3 });
    expect(await nonce()).to.equal(before);
    expect(log.lines).to.have.length(1);
  });

  it('stay void once the job is over', async () => {
    await voidFrom(world, job, 3);
    await world.chain.mineAt(job.cutoff);
    const { log } = keep();
    await eventually(
      async () => log.lines.length,
      (lines) => lines > 0,
    );
    expect(log.lines).to.deep.equal([
      {
        level: 'error',
        facts: { job: Number(job.job), round: 3, last: 3 },
        message: 'void rounds stay void: the job is over',
      },
    ]);
    expect(await readSettlements(world.coordinator.contracts, Number(job.job))).to.have.length(2);
  });

  it('are said to be refused for good where the escrow will not have them', async () => {
    await voidFrom(world, job, 3);
    const { log } = keep({ post: async () => ({ type: 'failed', reason: 'NotCoordinator' }) });
    await eventually(
      async () => log.lines.length,
      (lines) => lines > 1,
    );
    expect(log.lines[1]?.facts).to.include({ code: 'coordinator/round-not-posted', error: 'NotCoordinator' });
  });
});
