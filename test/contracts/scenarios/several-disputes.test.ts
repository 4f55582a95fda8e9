import { expect } from 'chai';
import { disputesOf } from '../dispute.ts';
import { activeJob, leavesOf, settleRounds } from '../job.ts';
import { ARBITER_FEE, at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: two rounds are disputed at once', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  async function disputed() {
    const job = await activeJob(world, { rounds: 4, seats: [{ price: 10n, units: 4 }] });
    const rounds = await settleRounds(world, job, 4, (round) => leavesOf([round]));
    const disputes = disputesOf(world, job);
    const [two, four] = [at(rounds, 1), at(rounds, 3)];
    await disputes.challenge(two);
    await disputes.challenge(four, world.buyer);
    await disputes.defend(two.head);
    await disputes.defend(four.head);
    expect(await disputes.frozenFrom()).to.equal(2);
    const isFinal = async (round: number) =>
      world.buyer.contracts.escrow.read.isFinal(job.job, at(rounds, round - 1).record);
    return { job, disputes, two, four, isFinal, readyAt: at(rounds, 3).readyAt };
  }

  it('the later stands first: the earlier holds both up still', async () => {
    const { disputes, two, four, isFinal, readyAt } = await disputed();
    await disputes.judge(four.head, true);
    expect(await disputes.frozenFrom()).to.equal(2);
    await disputes.judge(two.head, true);
    expect(await disputes.frozenFrom()).to.equal(0);
    await world.chain.mineAt(readyAt);
    expect(await isFinal(4)).to.equal(true);
  });

  it('the earlier stands first: the later holds itself up', async () => {
    const { disputes, two, four, isFinal, readyAt } = await disputed();
    await disputes.judge(two.head, true);
    expect(await disputes.frozenFrom()).to.equal(4);
    await world.chain.mineAt(readyAt);
    expect([await isFinal(3), await isFinal(4)]).to.deep.equal([true, false]);
    expect(await disputes.statusOf(four.head)).to.equal('Defended');
  });

  it('the later is void first: the earlier goes on', async () => {
    const { disputes, two, four } = await disputed();
    await disputes.judge(four.head, false);
    expect(await disputes.posted()).to.equal(3);
    expect(await disputes.frozenFrom()).to.equal(2);
    await disputes.judge(two.head, true);
    expect(await disputes.posted()).to.equal(3);
    expect(await disputes.frozenFrom()).to.equal(0);
  });

  it('the earlier is void first: the later is about nothing, cannot be judged, and gives both bonds back', async () => {
    const { disputes, two, four } = await disputed();
    await disputes.judge(two.head, false);
    expect(await disputes.posted()).to.equal(1);
    expect(await disputes.frozenFrom()).to.equal(0);
    for (const stands of [true, false]) {
      expect(await refusal(disputes.judge(four.head, stands))).to.match(/^escrow\/dispute-is-moot/);
    }
    await disputes.conclude(four.head);
    expect(await disputes.statusOf(four.head)).to.equal('Moot');
    expect(await disputes.posted()).to.equal(1);
    // The coordinator lost round 2's bond and has round 4's again; the arbiter was paid once.
    const credits = [world.stranger, world.buyer, world.coordinator, world.arbiter].map((actor) =>
      disputes.creditOf(actor),
    );
    expect(await Promise.all(credits)).to.deep.equal([ARBITER_FEE, ARBITER_FEE, ARBITER_FEE, ARBITER_FEE]);
    expect(await disputes.held()).to.equal(4n * ARBITER_FEE);
  });

  it('a moot dispute that was not answered cannot be answered either', async () => {
    const job = await activeJob(world, { rounds: 2, seats: [{ price: 10n, units: 2 }] });
    const rounds = await settleRounds(world, job, 2, (round) => leavesOf([round]));
    const disputes = disputesOf(world, job);
    const [one, two] = [at(rounds, 0), at(rounds, 1)];
    for (const posting of [one, two]) await disputes.challenge(posting);
    await disputes.defend(one.head);
    await disputes.judge(one.head, false);
    expect(await refusal(disputes.defend(two.head))).to.match(/^escrow\/dispute-is-moot/);
    await disputes.conclude(two.head);
    expect(await disputes.creditOf(world.coordinator)).to.equal(0n);
    expect(await disputes.creditOf(world.stranger)).to.equal(2n * ARBITER_FEE);
  });
});
