/** Collecting an owner's pay: one claim for all final rounds. protocol.md §5.2, §5.3 */
import { TributaryError } from '#crypto/error.ts';
import type { Contracts, SendingContracts } from '#contracts/connect.ts';
import {
  readJobFacts,
  type JobFacts,
  type SeatOnChain,
  type SettlementOnChain,
} from '#contracts/job-facts.ts';
import { settlementRecord } from '#contracts/settlement-record.ts';
import { payoutProof, type PayoutLeaf } from '#protocol/rules/payouts.ts';
import { fromAmount, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import { settledLeaves, type LeafSources } from './leaves.ts';
import { seatFor } from './terms.ts';

/** Amounts in base units of the payment token. */
export type Pay = Readonly<{
  job: number;
  seat: number;
  /** Paid out so far. */
  claimed: bigint;
  /** Final and not claimed. */
  owed: bigint;
  /** Settled, but still inside the challenge window. */
  pending: bigint;
  /** The last final round; 0 where there is none. */
  finalRound: number;
}>;

export type Claim = Readonly<{ before: Pay; paid: bigint; transaction: Bytes32 | null }>;

export type PaySources = Omit<LeafSources, 'domain'>;

/** What a dataset earned in a job. @throws TributaryError `claim/no-seat`, `claim/no-leaves`, `chain/…`, `ipfs/…` */
export async function payOf(
  contracts: Contracts,
  sources: PaySources,
  job: number,
  dataset: number,
): Promise<Pay> {
  return (await reckon(contracts, sources, job, dataset)).pay;
}

/**
 * Claims all that is final for a dataset's seat. The escrow pays the dataset's present owner, whoever sends; or, where
 * the owner itself sends, any account that it names.
 *
 * @param to an account other than the owner's
 * @returns what was paid; 0, and no transaction, where nothing is owed
 * @throws TributaryError as `payOf`, and what the escrow refuses with: `escrow/…`
 */
export async function claimPay(
  contracts: SendingContracts,
  sources: PaySources,
  job: number,
  dataset: number,
  to?: Address,
): Promise<Claim> {
  const { pay, last, leaves } = await reckon(contracts, sources, job, dataset);
  const leaf = leaves[pay.seat];
  if (pay.owed === 0n || !last || !leaf) return { before: pay, paid: 0n, transaction: null };
  const { send } = contracts.escrow;
  const claimed = [
    BigInt(job),
    settlementRecord(last),
    { ...leaf, bonus: fromAmount(leaf.bonus) },
    payoutProof(job, leaves, pay.seat).map(toBytes32),
  ] as const;
  const mined = await (to === undefined ? send.claimFor(...claimed) : send.claim(...claimed, to));
  const [event] = contracts.escrow.events('Claimed', mined.logs);
  return { before: pay, paid: event?.args.amount ?? 0n, transaction: mined.transaction };
}

type Reckoning = Readonly<{ pay: Pay; last: SettlementOnChain | undefined; leaves: readonly PayoutLeaf[] }>;

async function reckon(
  contracts: Contracts,
  sources: PaySources,
  job: number,
  dataset: number,
): Promise<Reckoning> {
  const { chainId, escrow } = contracts.deployment;
  const from = { ...sources, domain: { chainId, escrow } };
  const facts = await readJobFacts(contracts, job);
  const seat = seatFor(facts, dataset);
  if (!seat) throw new TributaryError('claim/no-seat', `dataset ${dataset} has no seat in job ${job}`);

  const last = await lastFinal(contracts, facts);
  const newest = facts.settlements.at(-1);
  const leaves = last ? await settledLeaves(from, facts, last) : [];
  const newestLeaves = newest && newest !== last ? await settledLeaves(from, facts, newest) : leaves;

  const claimed = worth(seat, seat.claimedUnits, seat.claimedBonus);
  const final = last ? earnedBy(seat, leaves, last.round) : 0n;
  const settled = newest ? earnedBy(seat, newestLeaves, newest.round) : 0n;
  const pay = {
    job,
    seat: seat.seat,
    claimed,
    owed: above(final, claimed),
    pending: above(settled, final > claimed ? final : claimed),
    finalRound: last?.round ?? 0,
  };
  return { pay, last, leaves };
}

/** Rounds become final in order, so the first final one from the end is the last. */
async function lastFinal(contracts: Contracts, facts: JobFacts): Promise<SettlementOnChain | undefined> {
  for (const settlement of facts.settlements.toReversed()) {
    if (await contracts.escrow.read.isFinal(BigInt(facts.job), settlementRecord(settlement)))
      return settlement;
  }
  return undefined;
}

/** The escrow pays no more units than the seat has, nor more than rounds went by. */
function earnedBy(seat: SeatOnChain, leaves: readonly PayoutLeaf[], round: number): bigint {
  const leaf = leaves[seat.seat];
  return leaf ? worth(seat, Math.min(leaf.units, seat.units, round), fromAmount(leaf.bonus)) : 0n;
}

const worth = ({ price }: SeatOnChain, units: number, bonus: bigint): bigint => BigInt(units) * price + bonus;
const above = (amount: bigint, floor: bigint): bigint => (amount > floor ? amount - floor : 0n);
