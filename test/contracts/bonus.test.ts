import { expect } from 'chai';
import { payoutProof, payoutsAfter, noPayouts } from '#protocol/rules/payouts.ts';
import { fromAmount, type Bytes32 } from '#protocol/units.ts';
import {
  activeJob,
  leavesOf,
  settle,
  settleRounds,
  settlement,
  type PayoutTree,
  type Settled,
  type TestJob,
} from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

describe('bonus claims', () => {
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

  describe('of bonus', () => {
    const rich = { ...plan, bonusPool: 403n };

    it('come with the units, cumulative', async () => {
      const job = await activeJob(world, rich);
      const [first, second] = await settleRounds(world, job, 2, (round) =>
        leavesOf([round, round, round], [33n * BigInt(round), 20n, 0n]),
      );
      if (!first || !second) throw new Error('two rounds');
      await world.chain.mineAt(second.readyAt);
      await claim(job, first, 0);
      expect(await coins(0)).to.equal(43n);
      const mined = await claim(job, second, 0);
      expect(at(escrow().events('Claimed', mined.logs), 0).args).to.include({
        units: 1,
        bonus: 33n,
        amount: 43n,
      });
      expect(await escrow().read.seatOf(job.job, 0)).to.include({ claimedUnits: 2, claimedBonus: 66n });
    });

    it('never exceed what the claimed round has accrued, and never hold up base pay', async () => {
      const job = await activeJob(world, rich);
      const promise = 1n << 95n;
      const [first, second] = await settleRounds(world, job, 2, (round) =>
        leavesOf([round, round, round], [70n, promise, promise]),
      );
      if (!first || !second) throw new Error('two rounds');
      await world.chain.mineAt(second.readyAt);
      await claim(job, first, 0); // 70 of ⌊403 / 4⌋
      await claim(job, first, 1); // the other 30
      expect([await coins(0), await coins(1)]).to.deep.equal([80n, 130n]);
      await claim(job, first, 2); // base pay all the same
      expect(await coins(2)).to.equal(7n);
      await claim(job, second, 2); // round 2 has accrued 100 more
      expect(await coins(2)).to.equal(114n);
      await claim(job, second, 1);
      expect(await coins(1)).to.equal(230n);
      expect(await refusal(claim(job, second, 1))).to.match(/^escrow\/nothing-to-claim/);
    });

    it('leave base pay alone on an earlier round, when a later one’s bonus is spent', async () => {
      const job = await activeJob(world, rich);
      const [first, second] = await settleRounds(world, job, 2, (round) =>
        leavesOf([round, round, round], [190n, 1n, 0n]),
      );
      if (!first || !second) throw new Error('two rounds');
      await world.chain.mineAt(second.readyAt);
      await claim(job, second, 0); // more than round 1 has accrued
      await claim(job, first, 1); // a unit and no bonus
      expect([await coins(0), await coins(1)]).to.deep.equal([210n, 100n]);
      await claim(job, second, 1);
      expect(await coins(1)).to.equal(201n);
    });

    it('do not shrink: a later leaf with less bonus still pays its units', async () => {
      const job = await activeJob(world, rich);
      const [first, second] = await settleRounds(world, job, 2, (round) =>
        leavesOf([round, round, round], [round === 1 ? 20n : 5n, 0n, 0n]),
      );
      if (!first || !second) throw new Error('two rounds');
      await world.chain.mineAt(second.readyAt);
      await claim(job, first, 0);
      await claim(job, second, 0);
      expect(await coins(0)).to.equal(40n);
      expect(await escrow().read.seatOf(job.job, 0)).to.include({ claimedUnits: 2, claimedBonus: 20n });
    });

    it('can be all that there is to claim', async () => {
      const job = await activeJob(world, rich);
      const [first] = await settleRounds(world, job, 1, () => leavesOf([0, 0, 0], [5n, 0n, 0n]));
      if (!first) throw new Error('a round');
      await world.chain.mineAt(first.readyAt);
      await claim(job, first, 0);
      expect(await coins(0)).to.equal(5n);
      expect(await refusal(claim(job, first, 0))).to.match(/^escrow\/nothing-to-claim/);
    });
  });

  it('accept exactly the leaves and proofs that the protocol’s rules make', async () => {
    const job = await activeJob(world, { ...plan, bonusPool: 1_001n });
    const rule = { job: Number(job.job), rounds: job.rounds, bonusPool: job.bonusPool, seats: job.seats };
    let leaves = noPayouts(3);
    const participants = [[0, 2], [0, 1, 2], [2]];
    let last: Settled | undefined;
    for (const [index, seats] of participants.entries()) {
      const payouts = payoutsAfter(rule, leaves, seats);
      leaves = [...payouts.leaves];
      const given = settlement(job, index + 1, payouts.root, seats);
      last = await settle(world, job, { ...given, total: fromAmount(payouts.total) });
    }
    if (!last) throw new Error('three rounds');
    await world.chain.mineAt(last.readyAt);
    let paid = 0n;
    for (const [seat, { units, bonus }] of leaves.entries()) {
      const leaf = { seat, units, bonus: fromAmount(bonus) };
      const proof = payoutProof(rule.job, leaves, seat) as Bytes32[];
      await escrow().send.claimFor(job.job, last.record, leaf, proof);
      expect(await coins(seat)).to.equal(BigInt(units) * at(job.seats, seat).price + leaf.bonus);
      paid += await coins(seat);
    }
    expect(paid).to.equal(last.record.total);
    // ⌊1001 / 4⌋ = 250 a round: 125 + 83 for seat 0, 83 for seat 1, 125 + 83 + 250 for seat 2.
    expect([await coins(0), await coins(1), await coins(2)]).to.deep.equal([228n, 183n, 479n]);
  });
});
