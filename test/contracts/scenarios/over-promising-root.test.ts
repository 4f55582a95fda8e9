import { expect } from 'chai';
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import { activeJob, settleRounds } from '../job.ts';
import { at, startWorld, type World } from '../world.ts';

describe('scenario: a root promises everybody more than there is', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const MAX = { units: 2 ** 32 - 1, bonus: 2n ** 96n - 1n };
  const seats = [
    { price: 10n, units: 3 },
    { price: 1_000n, units: 2 },
    { price: 70n, units: 1 },
  ];
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];

  for (const order of orders) {
    it(`every seat collects its capped base pay, in the order ${order.join(', ')}`, async () => {
      const job = await activeJob(world, { rounds: 3, bonusPool: 30n, seats });
      const lies: Leaf[] = seats.map((_, seat) => ({ seat, ...MAX }));
      const settled = at(await settleRounds(world, job, 2, () => lies), 1);
      await world.chain.mineAt(settled.readyAt);
      const { escrow, paymentToken } = world.stranger.contracts;
      const coins = () =>
        Promise.all(job.listings.map(({ owner }) => paymentToken.read.balanceOf(owner.address)));
      for (const seat of order) {
        const { record, tree } = settled;
        await escrow.send.claimFor(job.job, record, at(tree.leaves, seat), tree.proof(seat));
      }
      // Two rounds: 2 × 10, 2 × 1,000, and the one unit of 70; the first to come takes the bonus of both, 2 × 10.
      const base = [20n, 2_000n, 70n];
      const paid = base.map((amount, seat) => amount + (seat === order[0] ? 20n : 0n));
      expect(await coins()).to.deep.equal(paid);
      await world.chain.mineAt(job.cutoff);
      await escrow.send.close(job.job);
      // 1 × 10 of the third round, and its bonus.
      expect(await escrow.read.credits(world.buyer.address)).to.equal(20n);
      expect(await paymentToken.read.balanceOf(world.deployment.escrow)).to.equal(20n);
    });
  }
});
