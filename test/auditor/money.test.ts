/** Level 5: a job's deposit is accounted for at every step of its life, its fees included. */
import { expect } from 'chai';
import { money } from '#auditor/checks/money.ts';
import type { AuditFacts } from '#auditor/facts.ts';
import { balanceOf } from '#auditor/money.ts';
import { readAuditFacts } from '#auditor/read-facts.ts';
import type { Subject } from '#auditor/subject.ts';
import { collectFees, dueFees } from '#contracts/fees.ts';
import { activeJob, leavesOf, settleRounds } from '#test/contracts/job.ts';
import { startWorld, type World } from '#test/contracts/world.ts';

const FEE = 333;
/** ⌊3.33 % of each price⌋. */
const fees = [33n, 66n] as const;
const verdict = (facts: AuditFacts) => money.run({ facts } as Subject);

describe('the money of a job', function () {
  this.timeout(120_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());

  it('balances through claims, fees, closing and refunds, and no part of it can be left out', async () => {
    await world.deployer.contracts.policy.send.setFee(FEE);
    const seats = [
      { price: 1_001n, units: 3 },
      { price: 2_000n, units: 2 },
    ];
    const job = await activeJob(world, { rounds: 3, bonusPool: 3_001n, seats, fee: FEE });
    const number = Number(job.job);
    const anyone = world.stranger.contracts;
    const look = () => readAuditFacts(anyone, number);
    const deposited = 3n * (1_001n + fees[0]) + 2n * (2_000n + fees[1]) + 3_001n;
    const balances = async (expected: object) => {
      const facts = await look();
      expect(balanceOf(facts)).to.deep.equal({ deposited, ...expected });
      expect(await verdict(facts)).to.include({ result: 'passed' });
      return facts;
    };
    await balances({ claimed: 0n, returned: 0n, fees: 0n, feesDue: 0n, open: deposited });

    // Of two rounds, seat 0 earns both and seat 1 one; of 2,000 bonus 1,500 is promised.
    const [, second] = await settleRounds(world, job, 2, (round) =>
      leavesOf([round, 1], [BigInt(round) * 500n, 500n]),
    );
    const { record, tree } = second!;
    await world.chain.mineAt(second!.readyAt);
    for (const seat of [0, 1]) {
      await anyone.escrow.send.claimFor(job.job, record, tree.leaves[seat]!, tree.proof(seat));
    }
    const claimed = 2n * 1_001n + 1_000n + 2_000n + 500n;
    const feesDue = 2n * fees[0] + fees[1];
    let open = deposited - claimed - feesDue;
    await balances({ claimed, returned: 0n, fees: 0n, feesDue, open });

    const [due] = await dueFees(anyone);
    expect(due).to.deep.equal({ job: number, seats: [0, 1], amount: feesDue });
    expect(await collectFees(anyone, due!)).to.equal(feesDue);
    expect(await dueFees(anyone, number)).to.deep.equal([]);
    expect(await anyone.escrow.read.credits(world.deployer.address), 'the recipient').to.equal(feesDue);
    await balances({ claimed, returned: 0n, fees: feesDue, feesDue: 0n, open });

    await world.chain.mineAt(job.cutoff);
    await anyone.escrow.send.close(job.job);
    // Round 3 never came: one unit of seat 0, and the bonus of one round and the odd one.
    const ended = 1_001n + fees[0] + 1_001n;
    open -= ended;
    await balances({ claimed, returned: ended, fees: feesDue, feesDue: 0n, open });

    await anyone.escrow.send.refundSeats(
      job.job,
      record,
      [...tree.leaves],
      [0, 1].map((seat) => tree.proof(seat)),
    );
    const unearned = 2_000n + fees[1];
    const facts = await balances({
      claimed,
      returned: ended + unearned + 500n,
      fees: feesDue,
      feesDue: 0n,
      open: 0n,
    });
    expect(facts.out).to.deep.equal({ ended, unearned, bonus: 500n, fees: feesDue });

    // A node that leaves out an event, or an escrow that pays one unit more. That the bonus came back is told by its
    // event alone: left out, it counts as open.
    for (const part of ['ended', 'unearned', 'fees'] as const) {
      const lie = { ...facts, out: { ...facts.out, [part]: facts.out[part] - 1n } };
      expect(await verdict(lie), part).to.include({ result: 'failed', code: 'payouts/not-balanced' });
    }
    expect(await verdict({ ...facts, claims: facts.claims.slice(1) })).to.include({
      code: 'payouts/not-balanced',
    });
    const [first, ...rest] = facts.job.seats;
    const more = { ...facts.job, seats: [{ ...first!, collectedUnits: 1 }, ...rest] };
    expect(await verdict({ ...facts, job: more })).to.include({ code: 'payouts/not-balanced' });
    const twice = { ...facts.out, bonus: facts.out.bonus + 1_000n };
    expect(await verdict({ ...facts, out: twice }), 'more bonus than there was').to.include({
      code: 'payouts/not-balanced',
    });
  });
});
