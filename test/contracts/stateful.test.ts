import { expect } from 'chai';
import fc from 'fast-check';
import { patience, runs } from '#test/support/runs.ts';
import { Ghost } from './ghost.ts';
import {
  activate,
  claim,
  cancel,
  close,
  expectSolvent,
  openJob,
  prepare,
  refund,
  settleNext,
  withdraw,
  type Playground,
} from './playground.ts';
import { operatorAddress } from '#test/support/cohort.ts';
import { at, startWorld, type Listing, type World } from './world.ts';

const pick = fc.nat();
const action = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('open' as const),
      rounds: fc.integer({ min: 1, max: 3 }),
      bonusPool: fc.bigInt(0n, 50n),
      units: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('activate' as const), job: pick }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      job: pick,
      quorum: fc.boolean(),
      units: fc.array(fc.nat(4), { minLength: 4, maxLength: 4 }),
      bonus: fc.array(fc.bigInt(0n, 20n), { minLength: 4, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('claim' as const), job: pick, round: pick, seat: pick }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      job: pick,
      seats: fc.array(pick, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('close' as const), job: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), job: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('sell' as const), dataset: pick, to: pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redeem' as const), dataset: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      seconds: fc.constantFrom(40, 150, 1_100, 11_500),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

describe('random actions of all parties on several jobs', function () {
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

  it('leave chain and ghost ledger equal after every one', () =>
    fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 45 }), async (actions) => {
        await world.chain.revert(prepared);
        prepared = await world.chain.snapshot();
        const play: Playground = { world, listings, ghost: new Ghost(), jobs: [] };
        for (const next of actions) {
          await perform(play, next);
          await expectSolvent(play);
          await expectCollateral(play);
        }
      }),
      { numRuns: runs(8, 100), seed: 7_031 },
    ));

  /** An action that has nothing to act on yet is left out. */
  async function perform(play: Playground, next: Action): Promise<void> {
    if (next.kind === 'open') return play.ghost.jobs.length < 3 ? openJob(play, next) : undefined;
    if (next.kind === 'withdraw') return withdraw(play);
    if (next.kind === 'sell') return sell(next.dataset, next.to);
    if (next.kind === 'redeem') {
      const { tokenId } = at(listings, next.dataset % listings.length);
      await world.buyer.contracts.accessToken.send.redeem(tokenId, 1n);
      return;
    }
    if (next.kind === 'wait') return world.chain.mineAt((await world.chain.now()) + next.seconds);
    if (play.jobs.length === 0) return;

    const job = at(play.jobs, next.job % play.jobs.length);
    if (next.kind === 'activate') return activate(play, job);
    if (next.kind === 'close') return close(play, job);
    if (next.kind === 'cancel') return cancel(play, job);
    if (next.kind === 'settle') {
      const leaves = job.test.seats.map((_, seat) => ({
        seat,
        units: at(next.units, seat),
        bonus: at(next.bonus, seat),
      }));
      return settleNext(play, job, leaves, next.quorum, play.ghost);
    }
    if (job.rounds.length === 0) return;
    if (next.kind === 'refund')
      return refund(
        play,
        job,
        next.seats.map((seat) => seat % job.test.seats.length),
      );
    return claim(play, job, 1 + (next.round % job.rounds.length), next.seat % job.test.seats.length);
  }

  /** Without an operator a dataset takes no seat: the new owner sets the key that signs in the tests. */
  async function sell(dataset: number, to: number): Promise<void> {
    const { dataset: id, operator } = at(listings, dataset % listings.length);
    const seller = at(world.owners, await ownerIndex(id));
    const heir = at(world.owners, to % world.owners.length);
    await seller.contracts.registry.send.transferFrom(seller.address, heir.address, id);
    await heir.contracts.registry.send.setOperator(id, operatorAddress(operator));
  }

  async function ownerIndex(dataset: bigint): Promise<number> {
    const owner = await world.buyer.contracts.registry.read.ownerOf(dataset);
    return world.owners.findIndex(({ address }) => address === owner);
  }

  /** The access token holds the price of every unit that is out. */
  async function expectCollateral(play: Playground): Promise<void> {
    const { accessToken, paymentToken } = world.buyer.contracts;
    let supply = 0n;
    for (const { tokenId, price } of play.listings) {
      supply += (await accessToken.read.balanceOf(world.buyer.address, tokenId)) * price;
    }
    expect(await paymentToken.read.balanceOf(world.deployment.accessToken)).to.equal(supply);
  }
});
