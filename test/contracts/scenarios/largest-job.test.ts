import { expect } from 'chai';
import { digestOfText } from '#test/support/cohort.ts';
import { leavesOf, payoutTree, settle, settlement } from '../job.ts';
import { wideJob } from '../wide-job.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

/** EIP-7825: no transaction of Ethereum may have more. */
const GAS_LIMIT = 2n ** 24n;

describe('scenario: the largest job under the gas limit of a transaction', function () {
  this.timeout(300_000);
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  after(() => world.stop());

  it('the test chain keeps the limit', async () => {
    const call = { from: world.buyer.address, to: world.buyer.address };
    const send = (gas: bigint) =>
      world.chain.provider.send('eth_sendTransactionSync', [{ ...call, gas: `0x${gas.toString(16)}` }]);
    await send(GAS_LIMIT);
    const error = await send(GAS_LIMIT + 1n).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(String(error)).to.match(/gas/i);
  });

  it('1,024 seats are opened, settled, disputed, voided, settled again, claimed and refunded', async () => {
    const seats = Array.from({ length: 1_024 }, () => ({ price: 1_000n, units: 2 }));
    const job = await wideJob(world, seats, 2);
    const { escrow, disputes, seatReader } = world.stranger.contracts;
    expect((await escrow.read.jobOf(job.job)).seats).to.equal(1_024);
    const added = world.buyer.contracts.escrow.send.addSeats(job.job, [1n], [1]);
    expect(await refusal(added)).to.match(/^escrow\/wrong-state/);

    const everybody = seats.map((_, seat) => seat);
    const tree = payoutTree(job.job, leavesOf(everybody.map(() => 1)));
    const used: bigint[] = [];
    const first = await settle(world, job, settlement(job, 1, digestOfText('false'), everybody));
    used.push(first.mined.gasUsed);
    used.push((await disputes.send.challenge(job.job, first.record, digestOfText('evidence'))).gasUsed);
    await world.chain.mineAt((await world.chain.now()) + 300);
    used.push((await disputes.send.conclude(first.head)).gasUsed);
    const again = await settle(world, job, settlement(job, 1, tree.root, everybody));
    await world.chain.mineAt(job.cutoff);
    used.push((await escrow.send.close(job.job)).gasUsed);
    expect(await escrow.read.credits(world.buyer.address)).to.equal(1_024_000n);
    const last = [again.record, at(tree.leaves, 1_023), tree.proof(1_023)] as const;
    used.push((await escrow.send.claimFor(job.job, ...last)).gasUsed);
    // No step grows with the seats but by their bitmap.
    for (const gas of used) expect(gas < 350_000n, String(used)).to.equal(true);

    const some = everybody.slice(0, 100);
    const shown = [some.map((seat) => at(tree.leaves, seat)), some.map((seat) => tree.proof(seat))] as const;
    const { gasUsed } = await escrow.send.refundSeats(job.job, again.record, ...shown);
    expect(gasUsed < GAS_LIMIT, `${gasUsed} gas`).to.equal(true);
    const page = await seatReader.read.seatsOf(job.job, 1_000, 128);
    expect([page.seats.length, page.owners.length]).to.deep.equal([24, 24]);
    expect((await seatReader.read.seatsOf(job.job, 1_024, 1)).seats).to.have.lengthOf(0);
  });
});
