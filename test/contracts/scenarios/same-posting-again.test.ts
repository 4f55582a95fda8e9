import { expect } from 'chai';
import { digestOfText } from '#test/support/cohort.ts';
import { disputesOf } from '../dispute.ts';
import { activeJob, leavesOf, payoutTree, quorumOf, settle, settlement, type TestJob } from '../job.ts';
import { refusal, startWorld, type World } from '../world.ts';

/** A long window before it holds up all later rounds alike, so the same fields and signatures give the same ready time. */
describe('scenario: a void round is posted again with the very same signatures', () => {
  let world: World;
  let job: TestJob;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(async () => {
    await world.reset();
    job = await activeJob(world, {
      rounds: 3,
      seats: Array.from({ length: 3 }, () => ({ price: 100n, units: 3 })),
    });
    await settle(world, job, settlement(job, 1, digestOfText('root'), [0]));
  });
  after(() => world.stop());

  async function signedRound(round: number) {
    const given = settlement(
      job,
      round,
      payoutTree(job.job, leavesOf([round, round, round])).root,
      [0, 1, 2],
    );
    return {
      given,
      quorum: quorumOf(world, job, given, [0, 1, 2], BigInt((await world.chain.now()) + 5_000)),
    };
  }

  it('it is another posting, with another head, and can be disputed again', async () => {
    const disputes = disputesOf(world, job);
    const { given, quorum } = await signedRound(2);
    const first = await settle(world, job, given, quorum);
    await disputes.challenge(first);
    await disputes.silence(first.head);
    await disputes.conclude(first.head);
    expect(await disputes.posted()).to.equal(1);

    const second = await settle(world, job, given, quorum);
    expect(second.head).not.to.equal(first.head);
    await disputes.challenge(second);
    expect(await disputes.frozenFrom()).to.equal(2);
    expect(await disputes.statusOf(first.head)).to.equal('Voided');
    expect(await disputes.statusOf(second.head)).to.equal('Open');
  });

  it('a dispute that fell with an earlier round has no hold on what is posted in its place', async () => {
    const disputes = disputesOf(world, job);
    const rounds = [await signedRound(2), await signedRound(3)];
    const postings = [];
    for (const { given, quorum } of rounds) postings.push(await settle(world, job, given, quorum));
    const [two, three] = postings;
    if (!two || !three) throw new Error('two postings');
    await disputes.challenge(two);
    await disputes.challenge(three);
    await disputes.silence(two.head);
    await disputes.conclude(two.head);
    for (const { given, quorum } of rounds) postings.push(await settle(world, job, given, quorum));

    const again = postings[3];
    if (!again) throw new Error('four postings');
    await world.chain.mineAt(again.readyAt);
    expect(await world.buyer.contracts.escrow.read.isFinal(job.job, again.record)).to.equal(true);
    expect(await refusal(disputes.defend(three.head))).to.match(/^escrow\/dispute-is-moot/);
    await disputes.conclude(three.head);
    expect(await disputes.statusOf(three.head)).to.equal('Moot');
    expect(await disputes.posted()).to.equal(3);
    expect(await world.buyer.contracts.escrow.read.isFinal(job.job, again.record)).to.equal(true);
  });
});
