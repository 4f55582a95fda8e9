import { expect } from 'chai';
import { attemptsOf } from '../attempt.ts';
import { disputesOf } from '../dispute.ts';
import { activeJob, leavesOf, payoutTree, settle, settleRounds, settlement } from '../job.ts';
import { at, refusal, startWorld, type World } from '../world.ts';

describe('scenario: round 2 of 4 is void while rounds 3 and 4 are posted', () => {
  let world: World;
  before(async () => void (world = await startWorld(undefined, { bonds: true })));
  beforeEach(() => world.reset());
  after(() => world.stop());

  it('claims find round 1 alone, then what is posted again, in every gap', async () => {
    const seats = [
      { price: 10n, units: 4 },
      { price: 100n, units: 4 },
    ];
    const job = await activeJob(world, { rounds: 4, seats });
    const first = at(await settleRounds(world, job, 1, () => leavesOf([1, 1])), 0);
    await world.chain.mineAt(first.readyAt);
    const later = await settleRounds(world, job, 3, (round) => leavesOf([round, 0]));
    const [two, three, four] = [at(later, 0), at(later, 1), at(later, 2)];
    const disputes = disputesOf(world, job);
    const { escrow } = world.stranger.contracts;
    const claim = async (seat: number, { record, tree }: (typeof later)[number]) => {
      await escrow.send.claimFor(job.job, record, at(tree.leaves, seat), tree.proof(seat));
    };
    const owed = (seat: number) => escrow.read.seatOf(job.job, seat).then(({ claimedUnits }) => claimedUnits);

    await disputes.challenge(two);
    // Held up: round 1 is final, the others are not, even after their windows.
    await claim(0, first);
    await world.chain.mineAt(four.readyAt);
    for (const held of [two, three, four])
      expect(await refusal(claim(0, held))).to.match(/^escrow\/disputed .*round 2/);
    expect(await escrow.read.isFinal(job.job, four.record)).to.equal(false);

    await disputes.silence(two.head);
    await disputes.conclude(two.head);
    // Void: as if never posted.
    expect(await disputes.posted()).to.equal(1);
    expect(await disputes.frozenFrom()).to.equal(0);
    for (const gone of [two, three, four]) {
      expect(await refusal(claim(0, gone))).to.match(/^escrow\/not-the-settlement/);
      expect(await escrow.read.headOf(job.job, gone.record.round)).to.equal(`0x${'00'.repeat(32)}`);
    }
    expect(await refusal(claim(0, first))).to.match(/^escrow\/nothing-to-claim/);
    await claim(1, first);

    const tree = payoutTree(job.job, leavesOf([2, 2]));
    const again = { ...(await settle(world, job, settlement(job, 2, tree.root, [0, 1]))), tree };
    expect(again.record.previousHead).to.equal(first.head);
    expect(await refusal(claim(1, again))).to.match(/^escrow\/not-final-before/);
    for (const gone of [two, three])
      expect(await refusal(claim(0, gone))).to.match(/^escrow\/not-the-settlement/);
    await world.chain.mineAt(again.readyAt);
    await claim(0, again);
    await claim(1, again);
    expect([await owed(0), await owed(1)]).to.deep.equal([2, 2]);
    expect(await refusal(settle(world, job, settlement(job, 4, tree.root, [0])))).to.match(
      /^escrow\/round-out-of-order/,
    );
    const rest = await settleRounds(world, job, 2, (round) => leavesOf([round, 2]));
    await world.chain.mineAt(at(rest, 1).readyAt);
    await claim(0, at(rest, 1));
    expect([await owed(0), await owed(1)]).to.deep.equal([4, 2]);
    await escrow.send.close(job.job);
    const last = at(rest, 1);
    await escrow.send.refundSeats(job.job, last.record, last.tree.leaves, [
      last.tree.proof(0),
      last.tree.proof(1),
    ]);
    expect(await escrow.read.credits(world.buyer.address)).to.equal(200n);
    // 440 came in, 240 were claimed.
    expect(await world.buyer.contracts.paymentToken.read.balanceOf(escrow.address)).to.equal(200n);
  });

  it('what had a roster on chain later gets no second roster before it', async () => {
    const job = await activeJob(world, { rounds: 4, seats: [{ price: 10n, units: 4 }] });
    const [, two] = await settleRounds(world, job, 2, (round) => leavesOf([round]));
    const attempts = attemptsOf(world, job);
    await attempts.commit(3, 1);
    await attempts.abort(3, 1);
    const disputes = disputesOf(world, job);
    const head = await disputes.challenge(two!);
    await disputes.silence(head);
    await disputes.conclude(head);
    expect(await refusal(attempts.commit(2, 2))).to.match(/^escrow\/roster-behind .*round 2, last 3/);
    await settle(world, job, settlement(job, 2, two!.tree.root, [0]));
    await attempts.commit(3, 2);
  });
});
