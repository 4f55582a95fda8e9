/** Settling a wide job, what an attestation and a seat add, agreement on chain, claims of one seat among a thousand. */
import { deployContract } from '#contracts/artifact.ts';
import { writeContract } from '#contracts/typed-contract.ts';
import { attemptsOf } from '#test/contracts/attempt.ts';
import {
  leavesOf,
  opening,
  payoutTree,
  quorumOf,
  settle,
  settlement,
  type TestJob,
} from '#test/contracts/job.ts';
import { bulkOwner } from '#test/contracts/mocks.ts';
import { wideJob } from '#test/contracts/wide-job.ts';
import { at, type World } from '#test/contracts/world.ts';
import { digestOfText, operatorAddress } from '#test/support/cohort.ts';
import type { Snapshot } from './snapshot.ts';

const PRICE = 5_000_000n;
const ROUNDS = 5;

export async function measureSettlements(world: World): Promise<Snapshot> {
  const wide = await jobOf(world, 1_000);
  const settled = await settledAndClaimed(world, wide);
  const agreed = await agreement(world, wide);
  return {
    ...settled,
    attestation: await oneAttestation(world),
    seat: await oneSeat(world),
    ...agreed,
  };
}

const jobOf = (world: World, seats: number): Promise<TestJob> =>
  wideJob(
    world,
    Array.from({ length: seats }, () => ({ price: PRICE, units: ROUNDS })),
    ROUNDS,
  );

/** Rounds 1 and 2; the second is what a round costs. */
async function settledAndClaimed(world: World, job: TestJob): Promise<Snapshot> {
  const everybody = job.seats.map((_, seat) => seat);
  const trees = [1, 2].map((round) => payoutTree(job.job, leavesOf(job.seats.map(() => round))));
  const rounds = [];
  for (const [index, { root }] of trees.entries()) {
    rounds.push(await settle(world, job, settlement(job, index + 1, root, everybody)));
  }
  await world.chain.mineAt(at(rounds, 1).readyAt);
  const claims = [];
  for (const [index, tree] of trees.entries()) {
    const { claimFor } = world.buyer.contracts.escrow.send;
    claims.push(await claimFor(job.job, at(rounds, index).record, at(tree.leaves, 3), tree.proof(3)));
  }
  return {
    'settle-1000': Number(at(rounds, 1).mined.gasUsed),
    'claim-first-1000': Number(at(claims, 0).gasUsed),
    'claim-returning-1000': Number(at(claims, 1).gasUsed),
  };
}

/** What one more attestation costs, of distinct operators: 20 against 14 of 20 seats. */
async function oneAttestation(world: World): Promise<number> {
  const job = await jobOf(world, 20);
  const everybody = job.seats.map((_, seat) => seat);
  const { root } = payoutTree(job.job, leavesOf(job.seats.map(() => 1)));
  const deadline = BigInt((await world.chain.now()) + 500);
  const gas = [];
  for (const [index, signers] of [14, 20].entries()) {
    const given = settlement(job, index + 1, root, everybody);
    const signed = quorumOf(world, job, given, everybody.slice(0, signers), deadline);
    gas.push(Number((await settle(world, job, given, signed)).mined.gasUsed));
  }
  return Math.round((at(gas, 1) - at(gas, 0)) / 6);
}

/** Round 3, agreed on chain after an aborted roster. */
async function agreement(world: World, job: TestJob): Promise<Snapshot> {
  const attempts = attemptsOf(world, job);
  const roster = await attempts.commit(3, 1);
  const abort = await attempts.abort(3, 1);
  const again = await attempts.commit(3, 2);
  const survivors = await attempts.fix(3, 2);
  const everybody = job.seats.map((_, seat) => seat);
  const given = { ...settlement(job, 3, digestOfText('root'), everybody), attempt: 2 };
  const settled = (await settle(world, job, given)).mined;
  return Object.fromEntries(
    Object.entries({ roster, abort, 'roster-again': again, survivors, 'settle-1000-agreed': settled }).map(
      ([name, { gasUsed }]) => [name, Number(gasUsed)],
    ),
  );
}

/** What one more seat costs: 30 against 10 in one call. */
async function oneSeat(world: World): Promise<number> {
  const { deployment, buyer } = world;
  const { escrow, accessToken, paymentToken } = buyer.contracts;
  const { created } = await deployContract(buyer.transactor, bulkOwner, []);
  const owner = writeContract(bulkOwner, created, buyer.transactor);
  await paymentToken.send.mint(created, PRICE * BigInt(ROUNDS) * 40n);
  const gas = [];
  for (const seats of [10, 30]) {
    const operators = Array.from({ length: seats }, (_, seat) => operatorAddress(seat));
    const listed = await owner.send.list(deployment.accessToken, operators, PRICE, ROUNDS, buyer.address);
    const tokens = accessToken.events('OfferMade', listed.logs).map(({ args }) => args.tokenId);
    const opened = await escrow.send.open(await opening(world, { rounds: ROUNDS }));
    const { job } = at(escrow.events('JobOpened', opened.logs), 0).args;
    const units = tokens.map(() => ROUNDS);
    gas.push(Number((await escrow.send.addSeats(job, tokens, units)).gasUsed));
  }
  return Math.round((at(gas, 1) - at(gas, 0)) / 20);
}
