import { expect } from 'chai';
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import { activeJob, leavesOf, settleRounds, type PayoutTree, type Settled, type TestJob } from './job.ts';
import { at, refusal, startWorld, type World } from './world.ts';

type Round = Settled & { tree: PayoutTree };

describe('bonus refunds', () => {
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

  describe('from a closed job', () => {
    const bonusPool = 30n;

    it('come when every seat’s leaf has been shown, not before', async () => {
      const { job, last } = await closed((round) => leavesOf([round, 2, round], [9n, 9n, 8n]), { bonusPool });
      await claim(job, last, 1);
      await refund(job, last, [0, 1]);
      expect(await credits()).to.equal(0n);
      const mined = await refund(job, last, [2]);
      expect(at(escrow().events('BonusRefunded', mined.logs), 0).args).to.deep.equal({
        job: job.job,
        amount: 4n,
      });
      expect(await credits()).to.equal(4n);
      expect(await refusal(refund(job, last, [0, 1, 2]))).to.match(/^escrow\/nothing-to-refund/);
      await claim(job, last, 0);
      await claim(job, last, 2);
      expect([await coins(0), await coins(1), await coins(2)]).to.deep.equal([39n, 209n, 29n]);
      await world.buyer.contracts.escrow.send.withdraw();
      expect(await held()).to.equal(0n);
    });

    it('a seat shown twice counts once', async () => {
      const { job, last } = await closed((round) => leavesOf([round, 2, round], [1n, 1n, 1n]), { bonusPool });
      await refund(job, last, [0, 0, 1]);
      expect(await refusal(refund(job, last, [0, 1]))).to.match(/^escrow\/nothing-to-refund/);
      expect(await credits()).to.equal(0n);
      await refund(job, last, [2]);
      expect(await credits()).to.equal(27n);
    });

    it('are nothing under a root that promises more than the pool', async () => {
      const { job, last } = await closed((round) => leavesOf([round, 2, round], [29n, 1n << 95n, 5n]), {
        bonusPool,
      });
      const mined = await refund(job, last, [0, 1, 2]);
      expect(at(escrow().events('BonusRefunded', mined.logs), 0).args.amount).to.equal(0n);
      await claim(job, last, 0);
      await claim(job, last, 1);
      expect([await coins(0), await coins(1)]).to.deep.equal([59n, 201n]);
    });

    it('stay safe under a root with two leaves for a seat', async () => {
      const { job, last } = await closed(
        (round) => [...leavesOf([round, 2, round], [0n, 0n, 0n]), { seat: 0, units: 3, bonus: 20n }],
        { bonusPool },
      );
      await refund(job, last, [0]); // says 0
      await claim(job, last, 3); // says 20
      const mined = await refund(job, last, [1, 2]);
      expect(at(escrow().events('BonusRefunded', mined.logs), 0).args.amount).to.equal(10n);
      for (const seat of [1, 2]) await claim(job, last, seat);
      await world.buyer.contracts.escrow.send.withdraw();
      expect(await held()).to.equal(0n);
    });

    it('once refunded are not claimed on an earlier root that promised more', async () => {
      const { job, rounds, last } = await closed(
        (round) => leavesOf([round, Math.min(round, 2), round], round === 3 ? [5n, 0n, 0n] : [9n, 9n, 0n]),
        { bonusPool },
      );
      await refund(job, last, [0, 1, 2]);
      expect(await credits()).to.equal(25n);
      await claim(job, at(rounds, 1), 1); // its root promised seat 1 nine
      expect(await coins(1)).to.equal(205n);
      for (const seat of [0, 2]) await claim(job, last, seat);
      await world.buyer.contracts.escrow.send.withdraw();
      expect(await held()).to.equal(0n);
    });

    it('leave a seat what its leaf promises, whatever another claimed beyond its own', async () => {
      const { job, rounds, last } = await closed(
        (round) => leavesOf([round, Math.min(round, 2), round], round === 3 ? [0n, 5n, 0n] : [9n, 0n, 0n]),
        { bonusPool },
      );
      await claim(job, at(rounds, 0), 0);
      await refund(job, last, [0, 1, 2]);
      expect(await credits()).to.equal(16n); // 30 − 9 − 5
      await claim(job, last, 1);
      expect(await coins(1)).to.equal(205n);
    });

    it('come once, also when a second leaf of a seat gives back units later', async () => {
      const { job, last } = await closed(
        (round) => [...leavesOf([round, Math.min(round, 2), round]), { seat: 0, units: 1, bonus: 0n }],
        { bonusPool },
      );
      await refund(job, last, [0, 1, 2]);
      expect(await credits()).to.equal(30n);
      const mined = await refund(job, last, [3]);
      expect(escrow().events('BonusRefunded', mined.logs)).to.deep.equal([]);
      expect(await credits()).to.equal(50n);
      await claim(job, last, 0); // what the refund left
      expect(await coins(0)).to.equal(10n);
    });
  });
});
