/** Plays random actions on the chain and on the ghost, and holds the two against each other after every one. */
import { expect } from 'chai';
import type { Leaf, SettlementRecord } from '#contracts/bindings/training-escrow.ts';
import { Ghost, type GhostJob, type Outcome } from './ghost.ts';
import { opening, payoutTree, quorumOf, settle, settlement, type PayoutTree, type TestJob } from './job.ts';
import { at, list, type Listing, type World } from './world.ts';

/** Prices where a mistake shows: a gift, one, primes, and one that dwarfs the others. */
const PRICES = [0n, 1n, 7n, 1_000_003n];
const CAP = 1_000_000;

type Settled = Readonly<{ record: SettlementRecord; tree: PayoutTree }>;
type PlayedJob = Readonly<{ ghost: GhostJob; test: TestJob; rounds: Settled[] }>;

export type Playground = Readonly<{
  world: World;
  listings: readonly Listing[];
  ghost: Ghost;
  jobs: PlayedJob[];
}>;

/** Datasets on offer and units in the buyer's hands: once, before all runs. */
export async function prepare(world: World): Promise<readonly Listing[]> {
  const listings: Listing[] = [];
  for (const [index, price] of PRICES.entries()) {
    const listing = await list(world, index, price, { cap: CAP });
    await world.buyer.contracts.accessToken.send.buy(listing.tokenId, BigInt(CAP / 100));
    listings.push(listing);
  }
  return listings;
}

export async function openJob(
  { world, listings, ghost, jobs }: Playground,
  plan: Readonly<{ rounds: number; bonusPool: bigint; units: readonly number[] }>,
): Promise<void> {
  const { escrow } = world.buyer.contracts;
  const used = listings.slice(0, plan.units.length);
  const seats = used.map(({ price }, index) => ({
    price,
    units: Math.min(at(plan.units, index), plan.rounds),
  }));
  const terms = await opening(world, { rounds: plan.rounds, bonusPool: plan.bonusPool });
  const { logs } = await escrow.send.open(terms);
  const { job } = at(escrow.events('JobOpened', logs), 0).args;
  await escrow.send.addSeats(
    job,
    used.map(({ tokenId }) => tokenId),
    seats.map(({ units }) => units),
  );
  const cutoff = Number(terms.cutoff);
  ghost.open(plan.rounds, plan.bonusPool, cutoff, seats);
  const test = { job, rounds: plan.rounds, bonusPool: plan.bonusPool, seats, listings: used, cutoff };
  jobs.push({ ghost: at(ghost.jobs, ghost.jobs.length - 1), test, rounds: [] });
}

/** Settles the next round, by its own number, with any leaves for the job's seats. */
export async function settleNext(
  { world }: Playground,
  { ghost, test, rounds }: PlayedJob,
  leaves: readonly Leaf[],
  quorum: boolean,
  model: Ghost,
): Promise<void> {
  const now = await upcoming(world);
  const tree = payoutTree(test.job, leaves);
  const everybody = test.seats.map((_, seat) => seat);
  const given = settlement(test, ghost.posted.length + 1, tree.root, everybody);
  const signed = quorum ? quorumOf(world, test, given, everybody, BigInt(now + 10)) : undefined;
  await compare(model.settle(ghost, leaves, quorum ? 100 : 1_000, now), async () => {
    const settled = await settle(world, test, given, signed);
    rounds.push({ record: settled.record, tree });
    return 0n;
  });
}

/** Claims a leaf of a round and checks that its owner got exactly what the ghost says. */
export async function claim(
  { world, ghost }: Playground,
  job: PlayedJob,
  round: number,
  index: number,
): Promise<void> {
  const { record, tree } = at(job.rounds, round - 1);
  const leaf = at(tree.leaves, index);
  const { registry, paymentToken, escrow } = world.stranger.contracts;
  const owner = await registry.read.ownerOf(at(job.test.listings, leaf.seat).dataset);
  const before = await paymentToken.read.balanceOf(owner);
  await compare(ghost.claim(job.ghost, round, index, await upcoming(world)), async () => {
    await escrow.send.claimFor(job.test.job, record, leaf, tree.proof(index));
    return (await paymentToken.read.balanceOf(owner)) - before;
  });
}

export async function refund(
  { world, ghost }: Playground,
  job: PlayedJob,
  indices: readonly number[],
): Promise<void> {
  const { record, tree } = at(job.rounds, job.rounds.length - 1);
  await compare(ghost.refund(job.ghost, indices), () =>
    credited(world, () =>
      world.stranger.contracts.escrow.send.refundSeats(
        job.test.job,
        record,
        indices.map((index) => at(tree.leaves, index)),
        indices.map((index) => tree.proof(index)),
      ),
    ),
  );
}

export async function close({ world, ghost }: Playground, job: PlayedJob): Promise<void> {
  await compare(ghost.close(job.ghost, await upcoming(world)), () =>
    credited(world, () => world.stranger.contracts.escrow.send.close(job.test.job)),
  );
}

export async function activate({ world, ghost }: Playground, job: PlayedJob): Promise<void> {
  await compare(ghost.activate(job.ghost, await upcoming(world)), async () => {
    await world.buyer.contracts.escrow.send.activate(job.test.job);
    return 0n;
  });
}

export async function withdraw({ world, ghost }: Playground): Promise<void> {
  const { paymentToken, escrow } = world.buyer.contracts;
  const before = await paymentToken.read.balanceOf(world.buyer.address);
  await compare(ghost.withdraw(), async () => {
    await escrow.send.withdraw();
    return (await paymentToken.read.balanceOf(world.buyer.address)) - before;
  });
}

/** Money in the escrow is what the ghost says, and covers credits and all that seats can still collect. */
export async function expectSolvent({ world, ghost, jobs }: Playground): Promise<void> {
  const { paymentToken, escrow } = world.buyer.contracts;
  const held = await paymentToken.read.balanceOf(world.deployment.escrow);
  expect(held, 'held').to.equal(ghost.held);
  expect(await escrow.read.credits(world.buyer.address), 'credits').to.equal(ghost.credits);
  const owed = jobs.reduce((sum, job) => sum + ghost.owed(job.ghost), 0n);
  expect(held >= ghost.credits + owed, `held ${held}, credits ${ghost.credits}, owed ${owed}`).to.equal(true);
}

async function compare(expected: Outcome, act: () => Promise<bigint>): Promise<void> {
  let found: Outcome;
  try {
    found = { moved: await act() };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    found = { refused: String(error.code) };
  }
  expect(found).to.deep.equal(expected);
}

async function credited(world: World, act: () => Promise<unknown>): Promise<bigint> {
  const { credits } = world.buyer.contracts.escrow.read;
  const before = await credits(world.buyer.address);
  await act();
  return (await credits(world.buyer.address)) - before;
}

/** The next transaction's time: blocks are one second apart. */
async function upcoming(world: World): Promise<number> {
  return (await world.chain.now()) + 1;
}
