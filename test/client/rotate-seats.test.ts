/** A dataset that is sold in the middle of a job: its seat's key passes to the new owner, and so does its pay. */
import { expect } from 'chai';
import { oldSeats, rotateSeats } from '#client/rotate-seats.ts';
import { activeJob, leavesOf, settleRounds, openJob } from '#test/contracts/job.ts';
import { at, refusal, startWorld, type World } from '#test/contracts/world.ts';
import { operatorAddress } from '#test/support/cohort.ts';

describe('the seats of a dataset that was sold', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  it('get the new owner’s key in every job that runs, and in no other', async () => {
    const seats = [{ price: 50n, units: 3 }];
    const job = await activeJob(world, { rounds: 3, seats });
    const [listing] = job.listings;
    const dataset = Number(listing!.dataset);
    const seller = listing!.owner;
    const { accessToken, escrow } = world.buyer.contracts;
    // Two more jobs with the same dataset: one open, one that is over.
    const further = [];
    for (let copy = 0; copy < 2; copy += 1) {
      const { job: number } = await openJob(world, { rounds: 3, seats: [] });
      await accessToken.send.buy(listing!.tokenId, 1n);
      await escrow.send.addSeats(number, [listing!.tokenId], [1]);
      further.push(number);
    }
    const [open, over] = [at(further, 0), at(further, 1)];
    await escrow.send.cancel(over);
    const [first] = await settleRounds(world, job, 1, () => leavesOf([1]));

    const owner = world.stranger;
    const operator = operatorAddress(77);
    await seller.contracts.registry.send.transferFrom(seller.address, owner.address, listing!.dataset);
    const all = [
      { job: Number(job.job), seat: 0, operator: operatorAddress(0) },
      { job: Number(open), seat: 0, operator: operatorAddress(0) },
    ];
    expect(await oldSeats(owner.contracts, dataset, operator)).to.deep.equal(all);
    expect(await oldSeats(owner.contracts, dataset, operator, Number(open))).to.deep.equal(all.slice(1));
    expect(await refusal(rotateSeats(seller.contracts, dataset, operator))).to.match(/^owner\/not-owner /);
    expect(await rotateSeats(owner.contracts, dataset, operator)).to.deep.equal(all);
    expect(await rotateSeats(owner.contracts, dataset, operator), 'again').to.deep.equal([]);
    for (const number of [job.job, open]) {
      expect((await escrow.read.seatOf(number, 0)).operator).to.equal(operator);
    }
    expect((await escrow.read.seatOf(over, 0)).operator).to.equal(operatorAddress(0));

    // What was earned before the sale follows the dataset too; only its owner sends it elsewhere.
    await world.chain.mineAt(first!.readyAt);
    const { record, tree } = first!;
    const [leaf] = tree.leaves;
    const to = world.arbiter.address;
    const claim = (actor: typeof owner) =>
      actor.contracts.escrow.send.claim(job.job, record, leaf!, tree.proof(0), to);
    expect(await refusal(claim(seller))).to.match(/^escrow\/not-dataset-owner /);
    const before = await owner.contracts.paymentToken.read.balanceOf(to);
    await claim(owner);
    expect(await owner.contracts.paymentToken.read.balanceOf(to)).to.equal(before + 50n);
  });
});
