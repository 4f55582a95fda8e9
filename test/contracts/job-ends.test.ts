import { expect } from 'chai';
import { JobState } from '#contracts/bindings/training-escrow.ts';
import { toBytes32 } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { activeJob, openJob, settlement, settle } from './job.ts';
import { FUNDS, at, refusal, startWorld, type World } from './world.ts';

describe('ends of a job', () => {
  let world: World;
  before(async () => void (world = await startWorld()));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const escrow = () => world.buyer.contracts.escrow;
  const jobOf = (job: bigint) => escrow().read.jobOf(job);

  describe('ways out of an open job', () => {
    const plan = {
      rounds: 5,
      bonusPool: 7n,
      seats: [
        { price: 10n, units: 3 },
        { price: 25n, units: 5 },
      ],
    };

    it('cancel credits the buyer with everything', async () => {
      const { job } = await openJob(world, plan);
      const mined = await escrow().send.cancel(job);
      expect(at(escrow().events('JobCancelled', mined.logs), 0).args).to.deep.equal({ job, credited: 162n });
      expect(await escrow().read.credits(world.buyer.address)).to.equal(162n);
      expect((await jobOf(job)).state).to.equal(JobState.Cancelled);
      const withdrawn = await escrow().send.withdraw();
      expect(at(escrow().events('Withdrawn', withdrawn.logs), 0).args).to.deep.equal({
        account: world.buyer.address,
        amount: 162n,
      });
      expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.buyer.address)).to.equal(FUNDS);
      expect(await refusal(escrow().send.withdraw())).to.match(/^escrow\/nothing-to-withdraw/);
    });

    it('anyone closes it from the cutoff on', async () => {
      const { job, cutoff } = await openJob(world, plan);
      await world.chain.nextBlockAt(cutoff - 1);
      expect(await refusal(world.stranger.contracts.escrow.send.close(job))).to.match(
        new RegExp(`^escrow/not-closable-before .*time ${cutoff}`),
      );
      await world.stranger.contracts.escrow.send.close(job);
      expect(await escrow().read.credits(world.buyer.address)).to.equal(162n);
      expect((await jobOf(job)).state).to.equal(JobState.Cancelled);
    });

    it('the end absorbs: nothing can follow', async () => {
      const { job } = await openJob(world, plan);
      expect(await refusal(world.stranger.contracts.escrow.send.cancel(job))).to.match(/^escrow\/not-buyer/);
      await escrow().send.cancel(job);
      expect(await refusal(escrow().send.cancel(job))).to.match(/^escrow\/wrong-state/);
      expect(await refusal(escrow().send.close(job))).to.match(/^escrow\/wrong-state/);
      expect(await refusal(escrow().send.activate(job))).to.match(/^escrow\/wrong-state/);
      const settling = settlement({ job, ...plan, listings: [], cutoff: 0 }, 1, digestOfText('root'), [0]);
      const attempt = world.coordinator.contracts.escrow.send.settle(job, settling, {
        signers: '0x',
        signatures: '0x',
        buyerSignature: '0x',
        deadline: 0n,
      });
      expect(await refusal(attempt)).to.match(/^escrow\/wrong-state .*state 3/);
      expect(await escrow().read.credits(world.buyer.address)).to.equal(162n);
    });
  });

  describe('ways out of an active job', () => {
    const plan = {
      rounds: 3,
      bonusPool: 10n,
      seats: [
        { price: 10n, units: 3 },
        { price: 100n, units: 2 },
      ],
    };
    const root = toBytes32(digestOfText('root'));

    it('cancel moves the cutoff to one round timeout from now, never later', async () => {
      const job = await activeJob(world, plan);
      const time = (await world.chain.now()) + 5;
      await world.chain.nextBlockAt(time);
      const mined = await escrow().send.cancel(job.job);
      expect(at(escrow().events('CutoffMoved', mined.logs), 0).args).to.deep.equal({
        job: job.job,
        cutoff: BigInt(time + 50),
      });
      expect((await jobOf(job.job)).cutoff).to.equal(BigInt(time + 50));
      expect(await refusal(escrow().send.cancel(job.job))).to.match(/^escrow\/cutoff-already-near/);

      await world.chain.nextBlockAt(time + 49);
      await settle(world, job, settlement(job, 1, root, [0]));
      expect(await refusal(settle(world, job, settlement(job, 2, root, [0])))).to.match(
        /^escrow\/past-cutoff/,
      );
    });

    it('cancel says so when the job ends that soon anyway, to the second', async () => {
      const job = await activeJob(world, plan);
      await world.chain.nextBlockAt(job.cutoff - 50);
      expect(await refusal(escrow().send.cancel(job.job))).to.match(/^escrow\/cutoff-already-near/);
      await world.reset();
      const again = await activeJob(world, plan);
      await world.chain.nextBlockAt(again.cutoff - 51);
      await escrow().send.cancel(again.job);
    });

    it('close waits for the last round to be final, then credits what nobody can claim', async () => {
      const job = await activeJob(world, plan);
      for (const round of [1, 2]) await settle(world, job, settlement(job, round, root, [0, 1]));
      expect(await refusal(escrow().send.close(job.job))).to.match(
        new RegExp(`^escrow/not-closable-before .*time ${job.cutoff}`),
      );
      const { readyAt } = await settle(world, job, settlement(job, 3, root, [0, 1]));
      await world.chain.nextBlockAt(readyAt - 1);
      expect(await refusal(world.stranger.contracts.escrow.send.close(job.job))).to.match(
        new RegExp(`^escrow/not-closable-before .*time ${readyAt}`),
      );
      const mined = await world.stranger.contracts.escrow.send.close(job.job);
      // Every unit can still be claimed; of the bonus 3 × ⌊10 / 3⌋ can.
      expect(at(escrow().events('JobClosed', mined.logs), 0).args).to.deep.equal({
        job: job.job,
        posted: 3,
        credited: 1n,
      });
      expect(await refusal(escrow().send.close(job.job))).to.match(/^escrow\/wrong-state .*state 4/);
      expect(await refusal(escrow().send.cancel(job.job))).to.match(/^escrow\/wrong-state .*state 4/);
    });

    it('close by expiry credits the units and the bonus of rounds that never came', async () => {
      const job = await activeJob(world, plan);
      await settle(world, job, settlement(job, 1, root, [0, 1]));
      await world.chain.nextBlockAt(job.cutoff - 1);
      expect(await refusal(escrow().send.close(job.job))).to.match(/^escrow\/not-closable-before/);
      await escrow().send.close(job.job);
      // Seat 0: 2 × 10, seat 1: 1 × 100, bonus: 10 − 3.
      expect(await escrow().read.credits(world.buyer.address)).to.equal(127n);
      const late = settle(world, job, settlement(job, 2, root, [0]));
      expect(await refusal(late)).to.match(/^escrow\/wrong-state .*state 4/);
    });

    it('close with no round at all gives everything back', async () => {
      const job = await activeJob(world, plan);
      await world.chain.nextBlockAt(job.cutoff);
      await escrow().send.close(job.job);
      expect(await escrow().read.credits(world.buyer.address)).to.equal(240n);
    });
  });
});
