import { expect } from 'chai';
import { disputesOf, evidence } from '../dispute.ts';
import { activeJob, leavesOf, settleRounds } from '../job.ts';
import { ARBITER_FEE, FUNDS, at, disputeWindows, refusal, startWorld, type World } from '../world.ts';

describe('scenario: the arbiter judges', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  /** A round charges 200,000 + 2 % fee at most, so the bond is a twentieth: 10,200. */
  const BOND = 10_200n;

  async function disputed() {
    await world.deployer.contracts.policy.send.setFee(200);
    const plan = { rounds: 2, fee: 200, seats: [{ price: 200_000n, units: 2 }] };
    const job = await activeJob(world, plan);
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1])), 0);
    const disputes = disputesOf(world, job);
    expect(await disputes.bond()).to.equal(BOND);
    const before = await coins();
    const head = await disputes.challenge(settled);
    await disputes.defend(head);
    return { job, settled, disputes, head, before };
  }

  const coins = async () => {
    const { balanceOf } = world.buyer.contracts.paymentToken.read;
    const { stranger, coordinator, arbiter } = world;
    return Promise.all([stranger, coordinator, arbiter].map(({ address }) => balanceOf(address)));
  };

  async function withdrawAll() {
    for (const actor of [world.stranger, world.coordinator, world.arbiter]) {
      if ((await actor.contracts.disputes.read.credits(actor.address)) > 0n) {
        await actor.contracts.disputes.send.withdraw();
      }
    }
  }
  const changes = async (before: readonly bigint[]) =>
    (await coins()).map((amount, index) => amount - at(before, index));

  it('a challenge says all that an answer needs', async () => {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 200_000n, units: 2 }] });
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1])), 0);
    const { disputes } = world.stranger.contracts;
    const { logs } = await disputes.send.challenge(job.job, settled.record, evidence);
    const deadline = BigInt((await world.chain.now()) + disputeWindows.defenceWindow);
    const { address: challenger } = world.stranger;
    const parties = { challenger, coordinator: world.coordinator.address, arbiter: world.arbiter.address };
    expect(at(disputes.events('Challenged', logs), 0).args).to.deep.equal({
      ...{ head: settled.head, job: job.job, round: 1, ...parties },
      ...{ bond: 10_000n, deadline, evidence },
    });
    const { status, arbiterFee, defender, quorum, ...rest } = await disputes.read.disputeOf(settled.head);
    expect({ status, arbiterFee, quorum }).to.deep.equal({
      status: 1,
      arbiterFee: ARBITER_FEE,
      quorum: false,
    });
    expect(BigInt(defender)).to.equal(0n);
    expect(rest).to.deep.equal({ job: job.job, round: 1, ...parties, bond: 10_000n, deadline });
  });

  it('a sham dispute costs the challenger its bond, exactly', async () => {
    const { job, settled, disputes, head, before } = await disputed();
    await disputes.judge(head, true);
    expect(await disputes.statusOf(head)).to.equal('Stood');
    expect(await disputes.frozenFrom()).to.equal(0);
    await withdrawAll();
    expect(await changes(before)).to.deep.equal([-BOND, BOND - ARBITER_FEE, ARBITER_FEE]);
    expect(await disputes.held()).to.equal(0n);
    // It stands for good: nobody disputes it again, and the owner is paid.
    expect(await refusal(disputes.challenge(settled, world.buyer))).to.match(/^escrow\/already-disputed/);
    await world.chain.mineAt(settled.readyAt);
    const { record, tree } = settled;
    await world.stranger.contracts.escrow.send.claimFor(job.job, record, at(tree.leaves, 0), tree.proof(0));
  });

  it('a false root costs the coordinator its bond, exactly', async () => {
    const { disputes, head, before } = await disputed();
    await disputes.judge(head, false);
    expect(await disputes.statusOf(head)).to.equal('Voided');
    expect(await disputes.posted()).to.equal(0);
    await withdrawAll();
    expect(await changes(before)).to.deep.equal([BOND - ARBITER_FEE, -BOND, ARBITER_FEE]);
    expect(await disputes.held()).to.equal(0n);
  });

  it('only the job’s arbiter judges, once, after both have bonded, by the deadline to the second', async () => {
    const { disputes, head } = await disputed();
    for (const actor of [world.stranger, world.coordinator, world.deployer]) {
      expect(await refusal(disputes.judge(head, false, actor))).to.match(/^escrow\/not-arbiter/);
    }
    expect(await refusal(disputes.defend(head))).to.match(/^escrow\/wrong-status .*status 2/);
    const { deadline } = await world.buyer.contracts.disputes.read.disputeOf(head);
    await world.chain.nextBlockAt(Number(deadline) + 1);
    expect(await refusal(disputes.judge(head, true))).to.match(/^escrow\/deadline-over/);
    await disputes.conclude(head);
    expect(await refusal(disputes.judge(head, true))).to.match(/^escrow\/wrong-status .*status 4/);
    expect(await refusal(disputes.conclude(head))).to.match(/^escrow\/wrong-status .*status 4/);
  });

  it('judges in the last second too', async () => {
    const { disputes, head } = await disputed();
    const { deadline } = await world.buyer.contracts.disputes.read.disputeOf(head);
    await world.chain.nextBlockAt(Number(deadline));
    await disputes.judge(head, true);
    expect(await disputes.statusOf(head)).to.equal('Stood');
  });

  it('both sides file evidence, nobody else, and none after the end', async () => {
    const { job, disputes, head } = await disputed();
    const file = (actor: typeof world.stranger, digest = evidence) =>
      actor.contracts.disputes.send.fileEvidence(head, digest);
    for (const actor of [world.stranger, world.coordinator]) {
      const { logs } = await file(actor);
      expect(at(actor.contracts.disputes.events('EvidenceFiled', logs), 0).args).to.deep.equal({
        ...{ head, job: job.job, party: actor.address, evidence },
      });
    }
    for (const actor of [world.buyer, world.arbiter]) {
      expect(await refusal(file(actor))).to.match(/^escrow\/not-party/);
    }
    const nothing = `0x${'00'.repeat(32)}` as const;
    expect(await refusal(file(world.stranger, nothing as never))).to.match(/^escrow\/zero-evidence/);
    await disputes.judge(head, true);
    expect(await refusal(file(world.stranger))).to.match(/^escrow\/wrong-status/);
    expect(await refusal(disputes.defend(nothing as never))).to.match(/^escrow\/no-such-dispute/);
  });

  it('whoever defends shows something, and the coordinator files beside another that defended', async () => {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 200_000n, units: 2 }] });
    const settled = at(await settleRounds(world, job, 1, () => leavesOf([1])), 0);
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(settled);
    const defender = world.buyer.contracts.disputes;
    const nothing = `0x${'00'.repeat(32)}` as const;
    expect(await refusal(defender.send.defend(head, nothing as never))).to.match(/^escrow\/zero-evidence/);
    await disputes.defend(head, world.buyer);
    for (const { contracts, address } of [world.buyer, world.coordinator]) {
      const { logs } = await contracts.disputes.send.fileEvidence(head, evidence);
      expect(at(contracts.disputes.events('EvidenceFiled', logs), 0).args.party).to.equal(address);
    }
    expect(await defender.read.escrow()).to.equal(world.deployment.escrow);
  });

  it('nobody withdraws what is not theirs', async () => {
    const { head, disputes } = await disputed();
    const { send } = world.stranger.contracts.disputes;
    expect(await refusal(send.withdraw())).to.match(/^escrow\/no-bond-to-withdraw/);
    expect(await disputes.held()).to.equal(2n * BOND);
    await disputes.judge(head, false);
    await send.withdraw();
    expect(await refusal(send.withdraw())).to.match(/^escrow\/no-bond-to-withdraw/);
    expect(await world.buyer.contracts.paymentToken.read.balanceOf(world.stranger.address)).to.equal(
      FUNDS + BOND - ARBITER_FEE,
    );
  });
});
