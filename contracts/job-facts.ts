/** A job as the chain holds it: terms, seats, settlements. protocol.md §5 */
import { TributaryError } from '#crypto/error.ts';
import { toAddress, toBytes32, type Address, type Bytes32, type Hex } from '#protocol/units.ts';
import type { Seat } from './bindings/seat-reader.ts';
import { JobState } from './bindings/training-escrow.ts';
import type { Contracts } from './connect.ts';
import { latestBlock, settlementsOf, voidingsOf } from './events.ts';

export type SeatOnChain = Readonly<{
  seat: number;
  token: bigint;
  dataset: bigint;
  /** As frozen when the seat was added. */
  operator: Address;
  /** Who owns the dataset now. */
  owner: Address;
  /** Of one round, in base units. */
  price: bigint;
  units: number;
  claimedUnits: number;
  /** Given back to the buyer after the job closed. */
  refundedUnits: number;
  /** Of the claimed ones, those whose fee was credited. */
  collectedUnits: number;
  claimedBonus: bigint;
}>;

export type SettlementOnChain = Readonly<{
  round: number;
  attempt: number;
  manifest: Bytes32;
  payoutRoot: Bytes32;
  /** Cumulative, in base units. */
  total: bigint;
  /** Bitmap over the seats. */
  participants: Hex;
  /** From this second on the round is final. */
  readyAt: number;
  head: Bytes32;
  previousHead: Bytes32;
  transaction: Bytes32;
  /** Whether owners and buyer signed for it, so that the short window holds. */
  quorum: boolean;
}>;

export type JobFacts = Readonly<{
  job: number;
  state: 'open' | 'active' | 'cancelled' | 'closed';
  buyer: Address;
  coordinator: Address;
  terms: Bytes32;
  rounds: number;
  /** From this second on no round is settled. */
  cutoff: number;
  /** Seconds from a settlement without a quorum until it is final. */
  longWindow: number;
  bonusPool: bigint;
  /** First round that an open dispute holds up; zero for none. */
  frozenFrom: number;
  /** Answers the job's disputes. */
  arbiter: Address;
  /** Basis points of a unit's price, paid by the buyer on top. */
  fee: number;
  seats: readonly SeatOnChain[];
  /** From round 1, without gaps; void ones left out. */
  settlements: readonly SettlementOnChain[];
}>;

const states = {
  [JobState.Open]: 'open',
  [JobState.Active]: 'active',
  [JobState.Cancelled]: 'cancelled',
  [JobState.Closed]: 'closed',
} as const;

const ZERO = toBytes32(`0x${'00'.repeat(32)}`);

/** @throws TributaryError `escrow/no-such-job` where there is none, `chain/unreachable` */
export async function readJobFacts(contracts: Contracts, job: number): Promise<JobFacts> {
  const found = await contracts.escrow.read.jobOf(BigInt(job));
  const state = states[found.state as keyof typeof states];
  const seats = await readSeats(contracts, job, found.seats);
  return {
    job,
    state,
    buyer: toAddress(found.buyer),
    coordinator: toAddress(found.coordinator),
    terms: toBytes32(found.terms),
    rounds: found.rounds,
    cutoff: Number(found.cutoff),
    longWindow: found.longWindow,
    bonusPool: found.bonusPool,
    frozenFrom: found.frozenFrom,
    arbiter: toAddress(found.arbiter),
    fee: found.fee,
    seats,
    settlements: await readSettlements(contracts, job),
  };
}

/** The settlements alone, for those who know the rest. @throws TributaryError `chain/broken-history` */
export async function readSettlements(contracts: Contracts, job: number): Promise<SettlementOnChain[]> {
  const settlements: SettlementOnChain[] = [];
  for (const { event, args, transaction } of await postingsAndVoidings(contracts, BigInt(job))) {
    if (event === 'void') {
      settlements.length = Math.min(settlements.length, args.round - 1);
      continue;
    }
    const previous = settlements.at(-1);
    if (args.round !== settlements.length + 1) {
      throw new TributaryError(
        'chain/broken-history',
        `job ${job}: the chain's events skip from round ${settlements.length} to ${args.round}; use an RPC with the full history`,
      );
    }
    settlements.push({
      round: args.round,
      attempt: args.attempt,
      manifest: toBytes32(args.manifest),
      payoutRoot: toBytes32(args.payoutRoot),
      total: args.total,
      participants: args.participants,
      readyAt: Number(args.readyAt),
      head: toBytes32(args.head),
      previousHead: previous?.head ?? ZERO,
      transaction,
      quorum: /[1-9a-f]/.test(args.signers.slice(2)),
    });
  }
  return settlements;
}

/** What was posted and what was taken back, in the order of the chain; as of one block, so that no half is missing. */
async function postingsAndVoidings(contracts: Contracts, job: bigint) {
  const to = await latestBlock(contracts);
  const [posted, voided] = await Promise.all([
    settlementsOf(contracts, job, { to }),
    voidingsOf(contracts, job, { to }),
  ]);
  return [
    ...posted.map((found) => ({ event: 'posted' as const, ...found })),
    ...voided.map((found) => ({ event: 'void' as const, ...found })),
  ].sort((a, b) => a.block - b.block || a.logIndex - b.logIndex);
}

/** Seats of one call: well below what a node lets a call cost. */
const PAGE = 128;

async function readSeats(contracts: Contracts, job: number, count: number): Promise<SeatOnChain[]> {
  const firsts = Array.from({ length: Math.ceil(count / PAGE) }, (_, page) => page * PAGE);
  const pages = await Promise.all(
    firsts.map(async (first) => {
      const { seats, owners } = await contracts.seatReader.read.seatsOf(BigInt(job), first, PAGE);
      return seats.map((seat, at) => seatOnChain(first + at, seat, owners[at]));
    }),
  );
  return pages.flat();
}

const seatOnChain = (seat: number, found: Seat, owner: string | undefined): SeatOnChain => ({
  seat,
  token: found.tokenId,
  dataset: found.dataset,
  operator: toAddress(found.operator),
  owner: toAddress(owner ?? ''),
  price: found.price,
  units: found.units,
  claimedUnits: found.claimedUnits,
  refundedUnits: found.refundedUnits,
  collectedUnits: found.collectedUnits,
  claimedBonus: found.claimedBonus,
});
