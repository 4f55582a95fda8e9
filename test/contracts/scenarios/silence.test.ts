import { expect } from 'chai';
import { disputesOf } from '../dispute.ts';
import { activeJob, leavesOf, payoutTree, quorumOf, settle, settlement, noQuorum } from '../job.ts';
import { ARBITER_FEE, refusal, startWorld, type World } from '../world.ts';

describe('scenario: somebody stays away from a dispute', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  async function disputed(withQuorum: boolean) {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    const given = settlement(job, 1, payoutTree(job.job, leavesOf([1])).root, [0]);
    const deadline = BigInt((await world.chain.now()) + 50);
    const quorum = withQuorum ? quorumOf(world, job, given, [0], deadline) : noQuorum;
    const settled = await settle(world, job, given, quorum);
    const disputes = disputesOf(world, job);
    return { job, settled, disputes, head: await disputes.challenge(settled) };
  }

  for (const [withQuorum, status, posted] of [
    [true, 'Stood', 1],
    [false, 'Voided', 0],
  ] as const) {
    it(`the arbiter, of a round ${withQuorum ? 'with' : 'without'} a quorum: ${status}, both bonds back`, async () => {
      const { disputes, head } = await disputed(withQuorum);
      await disputes.defend(head);
      const { deadline } = await world.buyer.contracts.disputes.read.disputeOf(head);
      await world.chain.nextBlockAt(Number(deadline));
      expect(await refusal(disputes.conclude(head))).to.match(/^escrow\/not-concludable-before/);
      await disputes.conclude(head);
      expect(await disputes.statusOf(head)).to.equal(status);
      expect(await disputes.posted()).to.equal(posted);
      expect(await disputes.frozenFrom()).to.equal(0);
      const credits = [world.stranger, world.coordinator, world.arbiter].map((actor) =>
        disputes.creditOf(actor),
      );
      expect(await Promise.all(credits)).to.deep.equal([ARBITER_FEE, ARBITER_FEE, 0n]);
    });
  }

  it('the coordinator: the round is void even with a quorum, and the challenger has its bond back', async () => {
    const { disputes, head } = await disputed(true);
    const { deadline } = await world.buyer.contracts.disputes.read.disputeOf(head);
    await world.chain.nextBlockAt(Number(deadline));
    expect(await refusal(disputes.conclude(head))).to.match(/^escrow\/not-concludable-before/);
    expect(await refusal(disputes.defend(head))).to.match(/^escrow\/deadline-over/);
    await disputes.conclude(head);
    expect(await disputes.statusOf(head)).to.equal('Voided');
    expect(await disputes.posted()).to.equal(0);
    expect(await disputes.creditOf(world.stranger)).to.equal(ARBITER_FEE);
    expect(await disputes.creditOf(world.coordinator)).to.equal(0n);
  });

  it('the coordinator answers in the last second', async () => {
    const { disputes, head } = await disputed(false);
    const { deadline } = await world.buyer.contracts.disputes.read.disputeOf(head);
    await world.chain.nextBlockAt(Number(deadline));
    await disputes.defend(head);
    expect(await disputes.statusOf(head)).to.equal('Defended');
  });

  it('an owner answers for it, and is paid as its defender', async () => {
    const { disputes, head } = await disputed(false);
    const owner = world.buyer;
    await disputes.defend(head, owner);
    expect(await refusal(disputes.defend(head))).to.match(/^escrow\/wrong-status/);
    await disputes.judge(head, true);
    expect(await disputes.statusOf(head)).to.equal('Stood');
    // Both bonds are the arbiter's fee here: one pays the arbiter, the other goes back.
    expect(await disputes.creditOf(owner)).to.equal(ARBITER_FEE);
    expect(await disputes.creditOf(world.coordinator)).to.equal(0n);
  });
});
