import { expect } from 'chai';
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import { type Bytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import {
  activeJob,
  leavesOf,
  payoutTree,
  settle,
  settleRounds,
  settlement,
  type PayoutTree,
  type Settled,
  type TestJob,
} from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('claims', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const escrow = () => world.stranger.contracts.escrow;
  const coins = (seat: number) =>
    world.buyer.contracts.paymentToken.read.balanceOf(at(world.owners, seat).address);
  const claim = (job: TestJob, { record, tree }: Settled & { tree: PayoutTree }, index: number) =>
    escrow().send.claimFor(job.job, record, at(tree.leaves, index), tree.proof(index));
  const plan = {
    rounds: 4,
    seats: [
      { price: 10n, units: 4 },
      { price: 100n, units: 2 },
      { price: 7n, units: 4 },
    ],
  };

  it('pay all rounds so far in one call, to the owner, whoever calls', async () => {
    const job = await activeJob(world, plan);
    const rounds = await settleRounds(world, job, 3, (round) => leavesOf([round, Math.min(round, 2), 0]));
    const third = at(rounds, 2);
    await world.chain.mineAt(third.readyAt);
    const mined = await claim(job, third, 0);
    expect(at(escrow().events('Claimed', mined.logs), 0).args).to.deep.equal({
      job: job.job,
      seat: 0,
      owner: at(world.owners, 0).address,
      round: 3,
      units: 3,
      bonus: 0n,
      amount: 30n,
    });
    expect(await coins(0)).to.equal(30n);
    await claim(job, third, 1);
    expect(await coins(1)).to.equal(200n);
    expect(await escrow().read.seatOf(job.job, 1)).to.include({ claimedUnits: 2 });
    expect(await refusal(claim(job, third, 0))).to.match(/^escrow\/nothing-to-claim .*seat 0/);
    expect(await refusal(claim(job, third, 2))).to.match(/^escrow\/nothing-to-claim .*seat 2/);
  });

  it('pay the difference to what a seat has been paid, and never for an older round again', async () => {
    const job = await activeJob(world, plan);
    const [first, second] = await settleRounds(world, job, 2, (round) => leavesOf([round, round, round]));
    if (!first || !second) throw new Error('two rounds');
    await world.chain.mineAt(first.readyAt);
    await claim(job, first, 0);
    expect(await coins(0)).to.equal(10n);
    await claim(job, second, 0);
    expect(await coins(0)).to.equal(20n);
    expect(await refusal(claim(job, first, 0))).to.match(/^escrow\/nothing-to-claim/);
  });

  it('wait until the round is final, to the second', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 1, 1]));
    if (!first) throw new Error('a round');
    await world.chain.nextBlockAt(first.readyAt - 1);
    const refused = await refusal(claim(job, first, 0));
    expect(refused).to.match(/^escrow\/not-final-before /);
    expect(refused).to.contain(`round 1, readyAt ${first.readyAt}`);
    await claim(job, first, 0);
  });

  it('need the very fields that the round was settled with', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 1, 1]));
    if (!first) throw new Error('a round');
    const other = payoutTree(job.job, leavesOf([9, 9, 9]));
    await world.chain.mineAt(first.readyAt);
    const changes = [
      { previousHead: digestOfText('x') },
      { round: 2 },
      { attempt: 2 },
      { manifest: digestOfText('x') },
      { payoutRoot: other.root },
      { total: 1n },
      { participants: digestOfText('x') },
      { readyAt: 1n },
    ];
    for (const change of changes) {
      const record = { ...first.record, ...change };
      const forged = escrow().send.claimFor(job.job, record, at(other.leaves, 0), other.proof(0));
      expect(await refusal(forged), Object.keys(change).join()).to.match(/^escrow\/not-the-settlement/);
    }
    const elsewhere = escrow().send.claimFor(
      job.job + 1n,
      first.record,
      at(first.tree.leaves, 0),
      first.tree.proof(0),
    );
    expect(await refusal(elsewhere)).to.match(/^escrow\/not-the-settlement/);
  });

  it('need a leaf of the root: no other seat, units, bonus or job, and no inner node', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 0, 1]));
    if (!first) throw new Error('a round');
    await world.chain.mineAt(first.readyAt);
    const leaf = at(first.tree.leaves, 0);
    const proof = first.tree.proof(0);
    const attempt = (changed: Partial<Leaf>, by: readonly Bytes32[] = proof) =>
      refusal(escrow().send.claimFor(job.job, first.record, { ...leaf, ...changed }, by));
    expect(await attempt({ seat: 1 })).to.match(/^escrow\/not-in-payouts .*seat 1/);
    expect(await attempt({ units: 2 })).to.match(/^escrow\/not-in-payouts/);
    expect(await attempt({ bonus: 1n })).to.match(/^escrow\/not-in-payouts/);
    expect(await attempt({}, proof.slice(1))).to.match(/^escrow\/not-in-payouts/);
    expect(await attempt({}, [])).to.match(/^escrow\/not-in-payouts/);
    // A leaf made for another job is another leaf, also under this job's root.
    const foreign = payoutTree(job.job + 5n, leavesOf([2, 2, 2]));
    const second = await settle(world, job, settlement(job, 2, foreign.root, [0, 1, 2]));
    await world.chain.mineAt(second.readyAt);
    expect(
      await refusal(escrow().send.claimFor(job.job, second.record, at(foreign.leaves, 0), foreign.proof(0))),
    ).to.match(/^escrow\/not-in-payouts/);
  });

  it('stay within the seat’s units and the round, whatever the root promises', async () => {
    const job = await activeJob(world, plan);
    const rounds = await settleRounds(world, job, 3, () => leavesOf([4_000_000_000, 4_000_000_000, 1]));
    const [first, , third] = rounds;
    if (!first || !third) throw new Error('three rounds');
    await world.chain.mineAt(third.readyAt);
    await claim(job, first, 0);
    expect(await coins(0)).to.equal(10n);
    await claim(job, third, 0);
    expect(await coins(0)).to.equal(30n);
    await claim(job, third, 1);
    expect(await coins(1)).to.equal(200n);
  });

  it('refuse a leaf for a seat that the job has not', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => [
      ...leavesOf([1, 1, 1]),
      { seat: 3, units: 1, bonus: 9n },
    ]);
    if (!first) throw new Error('a round');
    await world.chain.mineAt(first.readyAt);
    expect(await refusal(claim(job, first, 3))).to.match(/^escrow\/no-such-seat .*seat 3/);
  });

  it('follow the dataset: after its sale the new owner is paid', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 1, 1]));
    if (!first) throw new Error('a round');
    await world.chain.mineAt(first.readyAt);
    const seller = at(world.owners, 0);
    await seller.contracts.registry.send.transferFrom(
      seller.address,
      at(world.owners, 5).address,
      at(job.listings, 0).dataset,
    );
    await claim(job, first, 0);
    expect(await coins(0)).to.equal(0n);
    expect(await coins(5)).to.equal(10n);
  });

  it('do not end: after closing, years later, of a retired dataset', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1, 1, 1]));
    if (!first) throw new Error('a round');
    await world.chain.mineAt(job.cutoff + 1_000);
    await escrow().send.close(job.job);
    await at(world.owners, 1).contracts.registry.send.retire(at(job.listings, 1).dataset);
    await world.chain.mineAt(job.cutoff + 10 * 365 * 86_400);
    await claim(job, first, 1);
    expect(await coins(1)).to.equal(100n);
  });
});
