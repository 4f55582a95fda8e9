import { expect } from 'chai';
import fc from 'fast-check';
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import { patience, runs } from '#test/support/runs.ts';
import { Ghost } from './ghost.ts';
import {
  activate,
  claim,
  close,
  expectSolvent,
  openJob,
  prepare,
  refund,
  settleNext,
  withdraw,
  type Playground,
} from './playground.ts';
import { at, startWorld, type Listing, type World } from './world.ts';

const MAX_UINT32 = 2 ** 32 - 1;
const MAX_UINT96 = 2n ** 96n - 1n;

/** A lying coordinator's leaf: nothing, the truth, too much, or absurdly much. */
const lyingLeaf = fc.record({
  units: fc.oneof({ arbitrary: fc.nat(5), weight: 4 }, fc.constant(MAX_UINT32)),
  bonus: fc.oneof({ arbitrary: fc.bigInt(0n, 40n), weight: 4 }, fc.constant(MAX_UINT96)),
});
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), round: fc.nat(), leaf: fc.nat() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      leaves: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const) }) },
);
const story = fc.record({
  rounds: fc.integer({ min: 1, max: 4 }),
  posted: fc.integer({ min: 1, max: 4 }),
  bonusPool: fc.bigInt(0n, 103n),
  units: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
  /** By round, then seat. */
  lies: fc.array(fc.array(lyingLeaf, { minLength: 4, maxLength: 4 }), { minLength: 4, maxLength: 4 }),
  /** A second leaf for a seat, in every round. */
  double: fc.option(fc.record({ seat: fc.nat(), leaf: lyingLeaf }), { freq: 4 }),
  steps: fc.array(step, { maxLength: 14 }),
});

describe('solvency under any root and any order of claims, closing and refunds', function () {
  this.timeout(patience(60_000));
  let world: World;
  let listings: readonly Listing[];
  let prepared: string;
  before(async () => {
    world = await startWorld();
    listings = await prepare(world);
    prepared = await world.chain.snapshot();
  });
  after(() => world.stop());

  it('every seat collects its capped base pay, and every wei goes to one party', () =>
    fc.assert(
      fc.asyncProperty(story, async ({ rounds, posted, bonusPool, units, lies, double, steps }) => {
        await world.chain.revert(prepared);
        prepared = await world.chain.snapshot();
        const play: Playground = { world, listings, ghost: new Ghost(), jobs: [] };
        await openJob(play, { rounds, bonusPool, units });
        const job = at(play.jobs, 0);
        await activate(play, job);
        const last = Math.min(posted, rounds);
        for (let round = 0; round < last; round += 1) {
          const leaves: Leaf[] = units.map((_, seat) => ({ seat, ...at(at(lies, round), seat) }));
          if (double) leaves.push({ seat: double.seat % units.length, ...double.leaf });
          await settleNext(play, job, leaves, false, play.ghost);
        }
        await world.chain.mineAt(job.test.cutoff + 1_000);

        const leafCount = units.length + (double ? 1 : 0);
        for (const action of steps) {
          if (action.kind === 'claim')
            await claim(play, job, 1 + (action.round % last), action.leaf % leafCount);
          else if (action.kind === 'refund')
            await refund(
              play,
              job,
              action.leaves.map((leaf) => leaf % leafCount),
            );
          else if (action.kind === 'close') await close(play, job);
          else await withdraw(play);
          await expectSolvent(play);
        }

        if (job.ghost.state === 'active') await close(play, job);
        for (let index = 0; index < leafCount; index += 1) await claim(play, job, last, index);
        const { leaves } = at(job.rounds, last - 1).tree;
        for (const [seat, { units: held }] of job.test.seats.entries()) {
          const promised = Math.min(...leaves.filter((leaf) => leaf.seat === seat).map((leaf) => leaf.units));
          const { claimedUnits } = await world.buyer.contracts.escrow.read.seatOf(job.test.job, seat);
          expect(claimedUnits).to.be.at.least(Math.min(promised, held, last));
          expect(claimedUnits).to.be.at.most(Math.min(held, last));
        }
        await refund(
          play,
          job,
          units.map((_, seat) => seat),
        );
        await withdraw(play);
        await expectSolvent(play);
        // With one leaf a seat in the last root, nothing is left over for nobody.
        if (!double) expect(play.ghost.held).to.equal(0n);
      }),
      { numRuns: runs(25, 300), seed: 20_261_124 },
    ));
});
