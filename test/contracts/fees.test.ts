/** The deployment's fee: of units that are claimed, once, by whoever collects it. protocol.md §5.1 */
import { expect } from 'chai';
import { activeJob, leavesOf, settleRounds, type TestJob } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('fees', () => {
  let world: World;
  let job: TestJob;
  before(async () => void (world = await startWorld()));
  beforeEach(async () => {
    await world.reset();
    await world.deployer.contracts.policy.send.setFee(250);
    // 2.5 % of 1,000 is 25; of 399 it is 9, rounded down.
    job = await activeJob(world, {
      ...{ rounds: 3, fee: 250 },
      seats: [
        { price: 1_000n, units: 3 },
        { price: 399n, units: 2 },
      ],
    });
  });
  after(() => world.stop());

  const escrow = () => world.stranger.contracts.escrow;
  const collect = (...seats: number[]) => escrow().send.collectFees(job.job, seats);
  async function claimed(round: number, seats: readonly number[]): Promise<void> {
    const { record, tree, readyAt } = at(
      await settleRounds(world, job, round, (upTo) => leavesOf([upTo, Math.min(upTo, 2)])),
      round - 1,
    );
    await world.chain.mineAt(readyAt);
    for (const seat of seats) {
      await escrow().send.claimFor(job.job, record, at(tree.leaves, seat), tree.proof(seat));
    }
  }

  it('are of what was claimed, seat by seat, and each unit’s once', async () => {
    expect(await refusal(collect(0, 1))).to.match(/^escrow\/nothing-to-collect /);
    await claimed(2, [0, 1]);
    const mined = await collect(0, 1, 0);
    expect(at(escrow().events('FeesCollected', mined.logs), 0).args).to.deep.equal({
      job: job.job,
      amount: 2n * 25n + 2n * 9n,
    });
    expect(await escrow().read.credits(await escrow().read.feeRecipient())).to.equal(68n);
    expect(await refusal(collect(0, 1))).to.match(/^escrow\/nothing-to-collect .*job 1/);
    expect(await escrow().read.seatOf(job.job, 1)).to.include({ claimedUnits: 2, collectedUnits: 2 });
  });

  it('of a seat that was not claimed wait for its claim', async () => {
    await claimed(1, [1]);
    expect(await refusal(collect(0))).to.match(/^escrow\/nothing-to-collect /);
    const mined = await collect(1);
    expect(at(escrow().events('FeesCollected', mined.logs), 0).args.amount).to.equal(9n);
    expect(await refusal(collect(7))).to.match(/^escrow\/no-such-seat /);
  });
});
