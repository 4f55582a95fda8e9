import { expect } from 'chai';
import { activeJob, leavesOf, settle, settleRounds, settlement } from '../job.ts';
import { disputesOf } from '../dispute.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: settling, disputing and closing race for the cutoff', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  const plan = { rounds: 3, bonusPool: 30n, seats: [{ price: 100n, units: 3 }] };
  const DEPOSIT = 330n;
  const root = `0x${'11'.repeat(32)}` as never;

  it('a second before the cutoff a settlement still comes first, and the refund leaves its round alone', async () => {
    const job = await activeJob(world, plan);
    const { escrow } = world.buyer.contracts;
    await world.chain.nextBlockAt(job.cutoff - 2);
    expect(await refusal(escrow.send.close(job.job))).to.match(/^escrow\/not-closable-before/);
    await world.chain.nextBlockAt(job.cutoff - 1);
    await settle(world, job, settlement(job, 1, root, [0]));
    await world.chain.nextBlockAt(job.cutoff);
    await escrow.send.close(job.job);
    // The posted round stays with the job: 1 × 100 and a third of the bonus.
    expect(await escrow.read.credits(world.buyer.address)).to.equal(DEPOSIT - 110n);
  });

  for (const late of [0, 1]) {
    it(`${late} s after the cutoff a settlement is late, and the refund is whole`, async () => {
      const job = await activeJob(world, plan);
      const { escrow } = world.buyer.contracts;
      await world.chain.nextBlockAt(job.cutoff + late);
      const settled = settle(world, job, settlement(job, 1, root, [0]));
      expect(await refusal(settled)).to.match(/^escrow\/past-cutoff/);
      await escrow.send.close(job.job);
      expect(await escrow.read.credits(world.buyer.address)).to.equal(DEPOSIT);
    });
  }

  it('closed at the cutoff while a dispute is open: what it voids is credited by the void itself', async () => {
    const job = await activeJob(world, plan);
    const rounds = await settleRounds(world, job, 1, () => leavesOf([1], [10n]));
    await world.chain.nextBlockAt(job.cutoff - 60);
    const late = at(await settleRounds(world, job, 1, () => leavesOf([2], [20n])), 0);
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(late);
    await world.chain.nextBlockAt(job.cutoff);
    const { escrow } = world.buyer.contracts;
    await escrow.send.close(job.job);
    expect(await escrow.read.credits(world.buyer.address)).to.equal(110n);

    await disputes.silence(head);
    const { logs } = await disputes.conclude(head);
    expect(at(escrow.events('RoundsVoided', logs), 0).args).to.deep.equal({
      ...{ job: job.job, round: 2, last: 2, credited: 110n },
    });
    expect(await escrow.read.credits(world.buyer.address)).to.equal(220n);
    // Round 1 was final long before, and is the last one now: its owner and the refund go by it.
    const { record, tree } = at(rounds, 0);
    await escrow.send.claimFor(job.job, record, at(tree.leaves, 0), tree.proof(0));
    const again = settle(world, job, settlement(job, 2, root, [0]));
    expect(await refusal(again)).to.match(/^escrow\/wrong-state/);
    await escrow.send.refundSeats(job.job, record, tree.leaves, [tree.proof(0)]);
    expect(await escrow.read.credits(world.buyer.address)).to.equal(220n);
    expect(await world.buyer.contracts.paymentToken.read.balanceOf(escrow.address)).to.equal(220n);
  });

  it('closed while a dispute is open, which then stands: nothing more is credited', async () => {
    const job = await activeJob(world, plan);
    await world.chain.nextBlockAt(job.cutoff - 60);
    const late = at(await settleRounds(world, job, 1, () => leavesOf([1], [10n])), 0);
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(late);
    await world.chain.nextBlockAt(job.cutoff);
    const { escrow } = world.buyer.contracts;
    await escrow.send.close(job.job);
    const refund = () =>
      escrow.send.refundSeats(job.job, late.record, late.tree.leaves, [late.tree.proof(0)]);
    await disputes.defend(head);
    await disputes.judge(head, true);
    expect(await refusal(refund())).to.match(/^escrow\/not-final-before/);
    await world.chain.mineAt(late.readyAt);
    await escrow.send.claimFor(job.job, late.record, at(late.tree.leaves, 0), late.tree.proof(0));
    await refund();
    expect(await escrow.read.credits(world.buyer.address)).to.equal(220n);
  });

  it('a job whose rounds are all posted does not close early while one is disputed', async () => {
    const job = await activeJob(world, { rounds: 1, seats: [{ price: 1n, units: 1 }] });
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1])), 0);
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(settled);
    await disputes.defend(head);
    await world.chain.mineAt(settled.readyAt);
    const { escrow } = world.buyer.contracts;
    expect(await refusal(escrow.send.close(job.job))).to.match(
      new RegExp(`^escrow/not-closable-before .*time ${job.cutoff}`),
    );
  });
});
