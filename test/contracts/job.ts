/** A job of a test: opened with seats, activated, settled round by round, with payout trees of any content. */
import { StandardMerkleTree } from '@openzeppelin/merkle-tree';
import type {
  Leaf,
  Opening,
  Quorum,
  Settlement,
  SettlementRecord,
} from '#contracts/bindings/training-escrow.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import type { Mined } from '#contracts/transact.ts';
import { bitmapDigest, seatBitmap } from '#protocol/rules/bitmap.ts';
import { typedDigest } from '#protocol/typed-digest.ts';
import { toBytes32, type Bytes32, type Hex } from '#protocol/units.ts';
import { digestOfText, operatorKey } from '#test/support/cohort.ts';
import { ARBITER_FEE, at, list, type Actor, type Listing, type World } from './world.ts';

export type SeatPlan = Readonly<{ price: bigint; units: number }>;
export type TestJob = Readonly<{
  job: bigint;
  rounds: number;
  bonusPool: bigint;
  seats: readonly SeatPlan[];
  listings: readonly Listing[];
  cutoff: number;
}>;
export type JobPlan = Partial<Omit<Opening, 'rounds' | 'bonusPool'>> &
  Readonly<{ rounds: number; bonusPool?: bigint; seats: readonly SeatPlan[]; buyer?: Actor }>;

export const noQuorum: Quorum = { signers: '0x', signatures: '0x', buyerSignature: '0x', deadline: 0n };
export const noHead = toBytes32(`0x${'00'.repeat(32)}`);

/** Terms that the deployment admits: windows 100 and 1,000 s, cutoff in 10,000. */
export async function opening(world: World, changes: Partial<Opening> = {}): Promise<Opening> {
  return {
    terms: digestOfText('terms'),
    coordinator: world.coordinator.address,
    rounds: 5,
    roundTimeout: 50,
    cutoff: BigInt((await world.chain.now()) + 10_000),
    shortWindow: 100,
    longWindow: 1_000,
    bonusPool: 0n,
    arbiter: world.arbiter.address,
    arbiterFee: ARBITER_FEE,
    fee: 0,
    ...changes,
  };
}

/** Opens a job with a new dataset for each seat, the units bought. */
export async function openJob(world: World, plan: JobPlan): Promise<TestJob> {
  const { seats, buyer = world.buyer, ...changes } = plan;
  const terms = await opening(world, changes);
  const { escrow, accessToken } = buyer.contracts;
  const listings: Listing[] = [];
  for (const [index, seat] of seats.entries()) {
    const listing = await list(world, index, seat.price);
    await accessToken.send.buy(listing.tokenId, BigInt(seat.units));
    listings.push(listing);
  }
  const { job } = at(escrow.events('JobOpened', (await escrow.send.open(terms)).logs), 0).args;
  if (seats.length > 0) {
    await escrow.send.addSeats(
      job,
      listings.map(({ tokenId }) => tokenId),
      seats.map(({ units }) => units),
    );
  }
  const { rounds, bonusPool, cutoff } = terms;
  return { job, rounds, bonusPool, seats, listings, cutoff: Number(cutoff) };
}

/** Opens and activates. */
export async function activeJob(world: World, plan: JobPlan): Promise<TestJob> {
  const opened = await openJob(world, plan);
  await (plan.buyer ?? world.buyer).contracts.escrow.send.activate(opened.job);
  return opened;
}

/** A payout tree over any leaves, a seat's twice included. */
export type PayoutTree = Readonly<{
  root: Bytes32;
  leaves: readonly Leaf[];
  proof(index: number): Bytes32[];
}>;

export function payoutTree(job: bigint, leaves: readonly Leaf[]): PayoutTree {
  const tree = StandardMerkleTree.of(
    leaves.map(({ seat, units, bonus }) => [job, seat, units, bonus]),
    ['uint256', 'uint32', 'uint32', 'uint96'],
  );
  return { root: toBytes32(tree.root), leaves, proof: (index) => tree.getProof(index).map(toBytes32) };
}

/** Leaves by seat number, for jobs without a bonus by default. */
export function leavesOf(units: readonly number[], bonus: readonly bigint[] = []): Leaf[] {
  return units.map((count, seat) => ({ seat, units: count, bonus: bonus[seat] ?? 0n }));
}

export function settlement(
  { job, seats }: TestJob,
  round: number,
  payoutRoot: Bytes32,
  participants: readonly number[],
): Settlement {
  return {
    round,
    attempt: 1,
    manifest: digestOfText(`manifest of round ${round} of job ${job}`),
    payoutRoot,
    total: 12_345n,
    participants: seatBitmap(participants, seats.length),
  };
}

export type Settled = Readonly<{ record: SettlementRecord; head: Bytes32; mined: Mined; readyAt: number }>;

export async function settle(
  world: World,
  job: TestJob,
  given: Settlement,
  quorum: Quorum = noQuorum,
  { contracts: { escrow } }: Actor = world.coordinator,
): Promise<Settled> {
  const previousHead = await escrow.read.headOf(job.job, Math.max(0, given.round - 1));
  const mined = await escrow.send.settle(job.job, given, quorum);
  const { head, readyAt } = at(escrow.events('RoundSettled', mined.logs), 0).args;
  return {
    record: settlementRecord({ ...given, previousHead, readyAt, quorum: quorum.signers !== '0x' }),
    head,
    mined,
    readyAt: Number(readyAt),
  };
}

/** Settles the next rounds, everybody taking part, each with the leaves that a function gives. */
export async function settleRounds(
  world: World,
  job: TestJob,
  rounds: number,
  leavesAt: (round: number) => readonly Leaf[],
): Promise<(Settled & { tree: PayoutTree })[]> {
  const { posted } = await world.buyer.contracts.escrow.read.jobOf(job.job);
  const all = job.seats.map((_, seat) => seat);
  const settled = [];
  for (let round = posted + 1; round <= posted + rounds; round += 1) {
    const tree = payoutTree(job.job, leavesAt(round));
    settled.push({ ...(await settle(world, job, settlement(job, round, tree.root, all))), tree });
  }
  return settled;
}

/** The message that attesters and the buyer sign. */
export function signedFields(job: TestJob, { participants, ...fields }: Settlement, deadline: bigint) {
  return { job: job.job, ...fields, participants: bitmapDigest(participants), deadline };
}

/** A quorum of these seats, ascending, and the buyer. */
export function quorumOf(
  world: World,
  job: TestJob,
  given: Settlement,
  signers: readonly number[],
  deadline: bigint,
): Quorum {
  const operators = job.seats.map((_, seat) =>
    signers.includes(seat) ? at(job.listings, seat).operator : null,
  );
  return signedQuorum(world, job, given, operators, world.buyer, deadline);
}

/** @param operators number of the key that signs for each seat; null for none */
export function signedQuorum(
  world: World,
  job: TestJob,
  given: Settlement,
  operators: readonly (number | null)[],
  buyer: Actor,
  deadline: bigint,
): Quorum {
  const domain = { chainId: world.deployment.chainId, escrow: world.deployment.escrow };
  const message = signedFields(job, given, deadline);
  const attestation = typedDigest(domain, 'Attestation', message);
  const signing = operators.flatMap((key, seat) => (key === null ? [] : [{ key, seat }]));
  const signatures = signing.map(({ key }) => operatorKey(key).sign(attestation).compactSerialized.slice(2));
  return {
    signers: seatBitmap(
      signing.map(({ seat }) => seat),
      operators.length,
    ),
    signatures: `0x${signatures.join('')}`,
    buyerSignature: buyer.key.sign(typedDigest(domain, 'Approval', message)).serialized as Hex,
    deadline,
  };
}
