import { keccak256, AbiCoder, concat } from 'ethers';
import { expect } from 'chai';
import fc from 'fast-check';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { bitmapDigest, seatBitmap } from '#protocol/rules/bitmap.ts';
import { noPayouts, payoutProof, payoutsAfter, type PayoutLeaf } from '#protocol/rules/payouts.ts';
import { fromAmount, type Bytes32 } from '#protocol/units.ts';
import { patience, runs } from '#test/support/runs.ts';
import { activeJob, settle, settlement } from './job.ts';
import { at, startWorld, type World } from './world.ts';

const history = fc.record({
  rounds: fc.integer({ min: 1, max: 5 }),
  bonusPool: fc.bigInt(0n, 10_000n),
  prices: fc.array(fc.bigInt(0n, 1_000n), { minLength: 1, maxLength: 9 }),
  /** Of each round, a seat's turn; empty rounds get seat 0. */
  turns: fc.array(fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), { minLength: 5, maxLength: 5 }),
});

/** The tree as OpenZeppelin's standard lays it out, written by hand: sorted leaves, filled from the end, sorted pairs. */
function rootByHand(job: bigint, leaves: readonly PayoutLeaf[]): string {
  const types = ['uint256', 'uint32', 'uint32', 'uint96'];
  const hashes = leaves
    .map(({ seat, units, bonus }) => AbiCoder.defaultAbiCoder().encode(types, [job, seat, units, bonus]))
    .map((bytes) => keccak256(keccak256(bytes)))
    .sort();
  const nodes: string[] = [...Array.from({ length: hashes.length - 1 }, () => ''), ...hashes.reverse()];
  for (let node = hashes.length - 2; node >= 0; node -= 1) {
    const pair = [at(nodes, 2 * node + 1), at(nodes, 2 * node + 2)].sort();
    nodes[node] = keccak256(concat(pair));
  }
  return at(nodes, 0);
}

describe('leaves and roots of coordinator, auditor and contract', function () {
  this.timeout(patience(120_000));
  let world: World;
  before(async () => void (world = await startWorld()));
  after(() => world.stop());

  it('agree on any history of any job', () =>
    fc.assert(
      fc.asyncProperty(history, async ({ rounds, bonusPool, prices, turns }) => {
        await world.reset();
        const seats = prices.map((price) => ({ price, units: rounds }));
        const job = await activeJob(world, { rounds, bonusPool, seats });
        const rule = { job: Number(job.job), rounds, bonusPool, seats };
        const present = turns.slice(0, rounds).map((turn) => {
          const some = seats.flatMap((_, seat) => (turn[seat] === true ? [seat] : []));
          return some.length === 0 ? [0] : some;
        });
        // The coordinator adds round to round; the auditor rebuilds all from the bitmaps of the chain.
        let leaves: readonly PayoutLeaf[] = noPayouts(seats.length);
        const { escrow, paymentToken } = world.stranger.contracts;
        for (const [before, participants] of present.entries()) {
          const payouts = payoutsAfter(rule, leaves, participants);
          ({ leaves } = payouts);
          expect(payouts.root).to.equal(rootByHand(job.job, leaves));
          const given = settlement(job, before + 1, payouts.root, participants);
          await settle(world, job, { ...given, total: fromAmount(payouts.total) });
        }
        const logs = await world.chain.provider.getLogs({
          ...{
            address: escrow.address,
            topics: escrow.topics('RoundSettled', { job: job.job }),
            fromBlock: 0,
          },
        });
        const settled = escrow.events('RoundSettled', logs).map(({ args }) => args);
        const audited = earnedPayouts(
          rule,
          settled.map(({ participants }) => participants),
        );
        expect(audited.map(({ root, total }) => [root, fromAmount(total)])).to.deep.equal(
          settled.map(({ payoutRoot, total }) => [payoutRoot, total]),
        );

        const last = at(settled, rounds - 1);
        const previousHead = await escrow.read.headOf(job.job, rounds - 1);
        const { round, attempt, manifest, payoutRoot, total, readyAt } = last;
        const participants = bitmapDigest(seatBitmap(at(present, rounds - 1), seats.length));
        const record = {
          previousHead,
          round,
          attempt,
          manifest,
          payoutRoot,
          total,
          readyAt,
          participants,
          quorum: false,
        };
        await world.chain.mineAt(Number(readyAt));
        const held = await paymentToken.read.balanceOf(escrow.address);
        let claimed = 0n;
        for (const [seat, { units, bonus }] of leaves.entries()) {
          const leaf = { seat, units, bonus: fromAmount(bonus) };
          const due = BigInt(units) * at(prices, seat) + leaf.bonus;
          claimed += due;
          if (units === 0) continue;
          const proof = payoutProof(rule.job, leaves, seat) as Bytes32[];
          const { logs: paid } = await escrow.send.claimFor(job.job, record, leaf, proof);
          expect(at(escrow.events('Claimed', paid), 0).args).to.include({
            seat,
            units,
            bonus: leaf.bonus,
            amount: due,
          });
        }
        expect(claimed).to.equal(total);
        expect(held - (await paymentToken.read.balanceOf(escrow.address))).to.equal(total);
      }),
      { numRuns: runs(8, 150), seed: 5_021 },
    ));
});
