import { expect } from 'chai';
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
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

type Round = Settled & { tree: PayoutTree };

describe('refunds', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const escrow = () => world.stranger.contracts.escrow;
  const coins = (seat: number) =>
    world.buyer.contracts.paymentToken.read.balanceOf(at(world.owners, seat).address);
  const held = () => world.buyer.contracts.paymentToken.read.balanceOf(world.deployment.escrow);
  const credits = () => escrow().read.credits(world.buyer.address);
  const claim = (job: TestJob, { record, tree }: Round, index: number) =>
    escrow().send.claimFor(job.job, record, at(tree.leaves, index), tree.proof(index));
  const refund = (job: TestJob, { record, tree }: Round, indices: readonly number[]) =>
    escrow().send.refundSeats(
      job.job,
      record,
      indices.map((index) => at(tree.leaves, index)),
      indices.map((index) => tree.proof(index)),
    );
  const plan = {
    rounds: 3,
    seats: [
      { price: 10n, units: 3 },
      { price: 100n, units: 2 },
      { price: 7n, units: 3 },
    ],
  };

  /** All rounds posted and final, the job closed. */
  async function closed(
    leavesAt: (round: number) => readonly Leaf[],
    changes: Partial<{ bonusPool: bigint }> = {},
  ): Promise<Readonly<{ job: TestJob; rounds: readonly Round[]; last: Round }>> {
    const job = await activeJob(world, { ...plan, ...changes });
    const rounds = await settleRounds(world, job, 3, leavesAt);
    const last = at(rounds, 2);
    await world.chain.mineAt(last.readyAt);
    await escrow().send.close(job.job);
    return { job, rounds, last };
  }

  it('give back the posted rounds that a seat did not earn, and leave the rest to its owner', async () => {
    const { job, last } = await closed((round) => leavesOf([1, Math.min(round, 2), round]));
    expect(await credits()).to.equal(0n);
    const mined = await refund(job, last, [0, 1, 2]);
    expect(
      escrow()
        .events('SeatRefunded', mined.logs)
        .map(({ args }) => args),
    ).to.deep.equal([{ job: job.job, seat: 0, units: 2, amount: 20n }]);
    expect(await credits()).to.equal(20n);
    expect(await escrow().read.seatOf(job.job, 0)).to.include({ refundedUnits: 2, claimedUnits: 0 });
    for (const seat of [0, 1, 2]) await claim(job, last, seat);
    expect([await coins(0), await coins(1), await coins(2)]).to.deep.equal([10n, 200n, 21n]);
    await world.buyer.contracts.escrow.send.withdraw();
    expect(await held()).to.equal(0n);
  });

  it('give a wei back once, in any order with claims', async () => {
    const { job, last } = await closed(() => leavesOf([1, 0, 2]));
    await claim(job, last, 2);
    await refund(job, last, [2, 2, 1]);
    expect(await credits()).to.equal(207n);
    expect(await refusal(refund(job, last, [1, 2]))).to.match(/^escrow\/nothing-to-refund/);
    expect(await refusal(claim(job, last, 1))).to.match(/^escrow\/nothing-to-claim/);
    await refund(job, last, [0]);
    await claim(job, last, 0);
    await world.buyer.contracts.escrow.send.withdraw();
    expect(await held()).to.equal(0n);
  });

  it('never take what was claimed on an earlier root that promised more', async () => {
    const { job, rounds, last } = await closed((round) =>
      leavesOf(round === 3 ? [0, 0, 0] : [round, round, round]),
    );
    await claim(job, at(rounds, 1), 0);
    await refund(job, last, [0]);
    expect([await coins(0), await credits()]).to.deep.equal([20n, 10n]);
    expect(await refusal(refund(job, last, [0]))).to.match(/^escrow\/nothing-to-refund/);
  });

  it('are not claimed afterwards on an earlier root that promised more', async () => {
    const { job, rounds, last } = await closed((round) =>
      leavesOf(round === 3 ? [1, 0, 0] : [round, round, round]),
    );
    await refund(job, last, [0, 1]);
    expect(await credits()).to.equal(220n);
    await claim(job, at(rounds, 1), 0);
    expect(await coins(0)).to.equal(10n);
    expect(await refusal(claim(job, at(rounds, 1), 1))).to.match(/^escrow\/nothing-to-claim/);
  });

  it('count a leaf’s excess as nothing: a promise beyond the posted rounds refunds nothing', async () => {
    const { job, last } = await closed(() => leavesOf([4_000_000_000, 2, 3]));
    await refund(job, last, [0]); // its leaf is noted
    expect(await credits()).to.equal(0n);
    expect(await refusal(refund(job, last, [0]))).to.match(/^escrow\/nothing-to-refund/);
    await claim(job, last, 0);
    expect(await coins(0)).to.equal(30n);
  });

  it('leave units beyond the posted rounds to close, which has credited them', async () => {
    const job = await activeJob(world, plan);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([0, 1, 1]));
    if (!first) throw new Error('a round');
    await world.chain.mineAt(job.cutoff + 1_000);
    await escrow().send.close(job.job);
    expect(await credits()).to.equal(134n);
    await refund(job, first, [0, 1, 2]);
    expect(await credits()).to.equal(144n);
    await claim(job, first, 1);
    await claim(job, first, 2);
    await world.buyer.contracts.escrow.send.withdraw();
    expect(await held()).to.equal(0n);
  });

  it('go by the last posted round of a closed job, with its own leaves', async () => {
    const job = await activeJob(world, plan);
    const rounds = await settleRounds(world, job, 3, (round) => leavesOf([round, 0, 0]));
    const [first, , last] = rounds;
    if (!first || !last) throw new Error('three rounds');
    await world.chain.mineAt(last.readyAt);
    expect(await refusal(refund(job, last, [0]))).to.match(/^escrow\/wrong-state .*state 2/);
    await escrow().send.close(job.job);
    expect(await refusal(refund(job, first, [0]))).to.match(/^escrow\/not-the-last-round .*round 1, last 3/);
    const forged = {
      ...last,
      record: { ...last.record, payoutRoot: first.record.payoutRoot },
      tree: first.tree,
    };
    expect(await refusal(refund(job, forged, [0]))).to.match(/^escrow\/not-the-settlement/);
    expect(await refusal(refund(job, { ...last, tree: first.tree }, [0]))).to.match(
      /^escrow\/not-in-payouts/,
    );
    const unproved = escrow().send.refundSeats(job.job, last.record, [at(last.tree.leaves, 0)], []);
    expect(await refusal(unproved)).to.match(/^escrow\/leaves-without-proofs/);
    expect(await refusal(refund(job, last, []))).to.match(/^escrow\/nothing-to-refund/);
    expect(await refusal(refund({ ...job, job: 99n }, last, [0]))).to.match(/^escrow\/no-such-job/);
  });

  it('refuse a leaf for a seat that the job has not', async () => {
    const { job, last } = await closed((round) => [
      ...leavesOf([round, 0, 0]),
      { seat: 3, units: 0, bonus: 0n },
    ]);
    expect(await refusal(refund(job, last, [3]))).to.match(/^escrow\/no-such-seat .*seat 3/);
  });

  it('other jobs’ money is out of reach', async () => {
    const other = await activeJob(world, { ...plan, bonusPool: 1_000n });
    const { job, last } = await closed(() => leavesOf([9, 9, 9], [500n, 500n, 500n]), { bonusPool: 30n });
    for (const seat of [0, 1, 2]) await claim(job, last, seat);
    await world.buyer.contracts.escrow.send.cancel(other.job);
    expect(await held()).to.equal(251n + 1_000n);
    const tree = payoutTree(other.job, leavesOf([1, 1, 1]));
    await settle(world, other, settlement(other, 1, tree.root, [0]));
  });
});
