/** A job of 20 owners and 10 rounds, claimed at its end, against paying all owners in each round's transaction. */
import { deployContract } from '#contracts/artifact.ts';
import type { Mined } from '#contracts/transact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import {
  leavesOf,
  activeJob,
  payoutTree,
  quorumOf,
  settle,
  settlement,
  type TestJob,
} from '#test/contracts/job.ts';
import { pushPayments } from '#test/contracts/mocks.ts';
import { at, type World } from '#test/contracts/world.ts';
import { toAddress } from '#protocol/units.ts';
import { digestOfText } from '#test/support/cohort.ts';
import type { Snapshot } from './snapshot.ts';

const OWNERS = 20;
const ROUNDS = 10;
const PRICE = 5_000_000n;

export async function measureLife(world: World): Promise<Snapshot> {
  const job = await jobOfDistinctOwners(world);
  const started = await world.chain.snapshot();
  const pushed = await pushAll(world, job);
  await world.chain.revert(started);
  const again = await world.chain.snapshot();
  const quorum = await settleAndClaim(world, job, true);
  await world.chain.revert(again);
  const long = await settleAndClaim(world, job, false);
  return {
    'claim-first': long.first,
    'claim-returning': long.returning,
    'job-life': long.life,
    'job-life-pushed': pushed,
    'job-life-quorum': quorum.life,
  };
}

/** Every dataset is another account's. */
async function jobOfDistinctOwners(world: World): Promise<TestJob> {
  const seats = Array.from({ length: OWNERS }, () => ({ price: PRICE, units: ROUNDS }));
  const job = await activeJob(world, { rounds: ROUNDS, seats });
  for (const [seat, { dataset, owner }] of job.listings.entries()) {
    await owner.contracts.registry.send.transferFrom(owner.address, heir(seat), dataset);
  }
  return job;
}

/** An account that has never held a coin. */
const heir = (seat: number) => toAddress(`0x${(0xfeed_0000 + seat).toString(16).padStart(40, '1')}`);

type Life = Readonly<{ life: number; first: number; returning: number }>;

/**
 * @returns gas of all settlements and of each owner's one claim at the end; the median claim of somebody who held no
 *   coin, and of one who claims a second time
 */
async function settleAndClaim(world: World, job: TestJob, signed: boolean): Promise<Life> {
  const everybody = job.seats.map((_, seat) => seat);
  let gas = 0;
  const rounds = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const tree = payoutTree(job.job, leavesOf(everybody.map(() => round)));
    const given = settlement(job, round, tree.root, everybody);
    const deadline = BigInt((await world.chain.now()) + 500);
    const quorum = signed ? quorumOf(world, job, given, everybody, deadline) : undefined;
    const settled = await settle(world, job, given, quorum);
    gas += Number(settled.mined.gasUsed);
    rounds.push({ settled, tree });
  }
  const [before, now] = [at(rounds, ROUNDS - 2), at(rounds, ROUNDS - 1)];
  await world.chain.mineAt(now.settled.readyAt);
  const claim = async (seat: number, { settled, tree }: typeof now): Promise<Mined> =>
    world.stranger.contracts.escrow.send.claimFor(
      job.job,
      settled.record,
      at(tree.leaves, seat),
      tree.proof(seat),
    );

  // Aside: one owner in two steps, which is undone.
  const apart = await world.chain.snapshot();
  await claim(0, before);
  const returning = Number((await claim(0, now)).gasUsed);
  await world.chain.revert(apart);
  const first = [];
  for (const seat of everybody) first.push(Number((await claim(seat, now)).gasUsed));
  return { life: first.reduce((sum, one) => sum + one, gas), first: Math.max(...first), returning };
}

/** @returns gas of all rounds */
async function pushAll(world: World, job: TestJob): Promise<number> {
  const { transactor, contracts } = world.buyer;
  const { created } = await deployContract(transactor, pushPayments, [
    world.deployment.paymentToken,
    world.deployment.registry,
    job.listings.map(({ dataset }) => dataset),
    PRICE,
  ]);
  await contracts.paymentToken.send.mint(created, PRICE * BigInt(OWNERS * ROUNDS));
  const push = writeContract(pushPayments, created, transactor);
  let gas = 0;
  for (let round = 1n; round <= BigInt(ROUNDS); round += 1n) {
    gas += Number((await push.send.pay(round, digestOfText(`round ${round}`))).gasUsed);
  }
  return gas;
}
