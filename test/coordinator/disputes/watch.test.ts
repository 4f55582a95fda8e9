import { expect } from 'chai';
import { Status } from '#contracts/bindings/disputes.ts';
import { watchDisputes, type DisputeParts } from '#coordinator/disputes/watch.ts';
import type { Settled } from '#coordinator/round/settled.ts';
import { TributaryError } from '#crypto/error.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { settlement, settle, type TestJob } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { challenge, fundCoordinator, settleAll, threeRounds } from '../disputed.ts';
import { memoryLog } from '../fakes.ts';
import { eventually } from '../launch.ts';

describe('the disputes of a coordinator', function () {
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
    settled = await settleAll(world, job, 2);
  });
  afterEach(async () => {
    for (const stop of running) await stop();
  });

  function follow(changes: Partial<DisputeParts> = {}) {
    const stopping = new AbortController();
    const log = memoryLog();
    const done = watchDisputes({
      contracts: world.coordinator.contracts,
      coordinator: world.coordinator.address,
      isMine: () => true,
      attempt: async ({ round }) => settled[round - 1] ?? null,
      evidence: () => ({ ...scratchStore(), get: async () => new Uint8Array() }),
      pollMillis: 20,
      unsettledBlocks: 1,
      log,
      signal: stopping.signal,
      ...changes,
    });
    const stop = async () => {
      stopping.abort();
      await done;
    };
    running.push(stop);
    return { log, stop };
  }

  const disputeOf = (head: Bytes32) => world.coordinator.contracts.disputes.read.disputeOf(head);
  const until = (head: Bytes32, status: number) =>
    eventually(
      () => disputeOf(head),
      (dispute) => dispute.status === status,
    );
  const balance = () => world.coordinator.contracts.paymentToken.read.balanceOf(world.coordinator.address);
  const codes = (log: ReturnType<typeof memoryLog>) =>
    log.lines.flatMap(({ facts }) => ('code' in facts ? [facts.code] : []));

  it('over a true round: it bonds once with the manifest, is upheld, and takes both bonds but the fee', async () => {
    await fundCoordinator(world, 5_000n);
    const { head, bond } = await challenge(world, job, 2);
    const { log, stop } = follow();
    await until(head, Status.Defended);
    const { disputes } = world.coordinator.contracts;
    const defended = await lastOf('Defended');
    expect(defended.evidence).to.equal(settled[1]?.proposal.manifest);
    expect(await balance()).to.equal(5_000n - bond);
    await stop();
    const again = follow();
    await world.arbiter.contracts.disputes.send.judge(head, true);
    const { arbiterFee } = await disputeOf(head);
    await eventually(balance, (held) => held === 5_000n + bond - arbiterFee);
    expect(await disputes.read.credits(world.coordinator.address)).to.equal(0n);
    expect(log.lines.map(({ message }) => message)).to.deep.equal([
      'a challenged round is defended; the arbiter judges',
    ]);
    expect(again.log.lines.map(({ message }) => message)).to.deep.equal([
      'a dispute is over',
      'bonds are taken back',
    ]);
  });

  async function lastOf(event: 'Defended') {
    const { disputes, provider } = world.coordinator.contracts;
    const topics = disputes.topics(event, {});
    const logs = await provider.getLogs({ address: disputes.address, topics, fromBlock: 0 });
    const found = disputes.events(event, logs);
    expect(found).to.have.length(1);
    return found[0]!.args;
  }

  it('over several rounds: each is bonded for, where one was approved before a crash', async () => {
    await fundCoordinator(world, 5_000n);
    const first = await challenge(world, job, 1);
    const second = await challenge(world, job, 2);
    const { paymentToken, disputes } = world.coordinator.contracts;
    await paymentToken.send.approve(disputes.address, first.bond);
    follow();
    await until(first.head, Status.Defended);
    await until(second.head, Status.Defended);
    expect(await balance()).to.equal(5_000n - first.bond - second.bond);
    expect(await paymentToken.read.allowance(world.coordinator.address, disputes.address)).to.equal(0n);
  });

  it('over what it did not post so: it says so once and bonds nothing, then concludes when the time is over', async () => {
    await fundCoordinator(world, 5_000n);
    const falsehood = settlement(job, 3, digestOfText('false payouts'), [0, 1, 2]);
    await settle(world, job, falsehood);
    settled.push({ ...settled[1]!, proposal: { ...settled[1]!.proposal, manifest: falsehood.manifest } });
    const { head, deadline } = await challenge(world, job, 3);
    const { log } = follow();
    await eventually(
      async () => codes(log),
      (found) => found.length > 0,
    );
    expect(codes(log)).to.deep.equal(['coordinator/posting-differs']);
    expect((await disputeOf(head)).status).to.equal(Status.Open);
    await world.chain.mineAt(deadline + 1);
    await until(head, Status.Voided);
    await eventually(
      async () => log.lines.at(-1)?.facts,
      (facts) => JSON.stringify(facts).includes('"outcome":"voided"'),
    );
    expect(await balance()).to.equal(5_000n);
    expect(codes(log)).to.deep.equal(['coordinator/posting-differs']);
  });

  for (const [what, change] of Object.entries({
    payoutRoot: { payoutRoot: digestOfText('other') },
    total: { total: '7' },
    participants: { participants: '0x03' },
    manifest: { manifest: digestOfText('other') },
  })) {
    it(`over a round whose ${what} is another: it is not defended`, async () => {
      await fundCoordinator(world, 5_000n);
      await challenge(world, job, 2);
      const own = { ...settled[1]!, proposal: { ...settled[1]!.proposal, ...change } } as Settled;
      const { log } = follow({ attempt: async () => own });
      await eventually(
        async () => codes(log),
        (found) => found.length > 0,
      );
      expect(codes(log)).to.deep.equal(['coordinator/posting-differs']);
      expect(await balance()).to.equal(5_000n);
    });
  }

  it('without the bond: it says how much is wanted, and defends as soon as the account has it', async () => {
    const { head, bond } = await challenge(world, job, 1);
    await fundCoordinator(world, bond - 1n);
    const { log } = follow();
    await eventually(
      async () => codes(log),
      (found) => found.length > 0,
    );
    const [line] = log.lines;
    expect(line).to.deep.include({ level: 'error' });
    expect(line?.facts).to.include({ code: 'coordinator/no-bond', round: 1, head });
    expect(line?.message)
      .to.contain(`has ${bond - 1n} base units`)
      .and.to.contain(`the bond is ${bond}`);
    await fundCoordinator(world, 1n);
    await until(head, Status.Defended);
    expect(codes(log)).to.deep.equal(['coordinator/no-bond']);
  });

  it('without the evidence: it is not defended, for the arbiter could not judge', async () => {
    await fundCoordinator(world, 5_000n);
    await challenge(world, job, 1);
    const expired = new TributaryError('evidence/expired', 'its time is over');
    const { log } = follow({ evidence: () => ({ ...scratchStore(), get: () => Promise.reject(expired) }) });
    await eventually(
      async () => codes(log),
      (found) => found.length > 0,
    );
    expect(codes(log)).to.deep.equal(['coordinator/evidence-gone']);
    expect(await balance()).to.equal(5_000n);
  });

  it('that an absent arbiter leaves: it concludes them, and takes its bond back', async () => {
    await fundCoordinator(world, 5_000n);
    const { head } = await challenge(world, job, 2);
    follow();
    await until(head, Status.Defended);
    await world.chain.mineAt(Number((await disputeOf(head)).deadline) + 1);
    await until(head, Status.Voided);
    await eventually(balance, (held) => held === 5_000n);
  });

  it('that fell with an earlier round: it concludes them as moot', async () => {
    await fundCoordinator(world, 5_000n);
    const first = await challenge(world, job, 1);
    const second = await challenge(world, job, 2);
    const { log } = follow();
    await until(second.head, Status.Defended);
    await until(first.head, Status.Defended);
    await world.arbiter.contracts.disputes.send.judge(first.head, false);
    await until(second.head, Status.Moot);
    await eventually(balance, (held) => held === 5_000n - first.bond);
    expect(codes(log)).to.deep.equal([]);
  });

  it('of others are left alone', async () => {
    const { head } = await challenge(world, job, 1);
    const { log } = follow({ coordinator: world.stranger.address });
    const other = follow();
    await eventually(
      async () => codes(other.log),
      (found) => found.length > 0,
    );
    expect((await disputeOf(head)).status).to.equal(Status.Open);
    expect(log.lines).to.deep.equal([]);
  });
});
