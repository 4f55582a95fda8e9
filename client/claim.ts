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
import { payoutProof } from '#protocol/rules/payouts.ts';
import { fromAmount, toBytes32, type Address, type Bytes32 } from '#protocol/units.ts';
import { earnedPayouts } from './earned.ts';
import type { LeafSources } from './leaves.ts';
import { earnedBy, payingRound, worth, type PayingRound } from './paying-round.ts';
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
  /** The final round that pays the seat the most, which is the last one unless somebody lied; 0 where there is none. */
  finalRound: number;
  /** Posted rounds that pay other amounts than were earned, and whose leaves nobody has; ascending. */
  unreadable: readonly number[];
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
  const { pay, best } = await reckon(contracts, sources, job, dataset);
  const leaf = best?.leaves[pay.seat];
  if (pay.owed === 0n || !best || !leaf) return { before: pay, paid: 0n, transaction: null };
  const { send } = contracts.escrow;
  const claimed = [
    BigInt(job),
    settlementRecord(best.settlement),
    { ...leaf, bonus: fromAmount(leaf.bonus) },
    payoutProof(job, best.leaves, pay.seat).map(toBytes32),
  ] as const;
  const mined = await (to === undefined ? send.claimFor(...claimed) : send.claim(...claimed, to));
  const [event] = contracts.escrow.events('Claimed', mined.logs);
  return { before: pay, paid: event?.args.amount ?? 0n, transaction: mined.transaction };
}

type Reckoning = Readonly<{ pay: Pay; best: PayingRound | null }>;

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

  const final = await finalRounds(contracts, facts);
  const { best, unreadable } = await payingRound(from, facts, seat, final);
  const claimed = worth(seat, seat.claimedUnits, seat.claimedBonus);
  const earned = best && best.earned > claimed ? best.earned : claimed;
  const pay = {
    job,
    seat: seat.seat,
    claimed,
    owed: earned - claimed,
    finalRound: best?.settlement.round ?? 0,
    ...(await notFinal(from, facts, seat, { final: final.length, earned, unreadable })),
  };
  return { pay, best };
}

/** Rounds become final in order, so those before the last final one are. */
async function finalRounds(contracts: Contracts, facts: JobFacts): Promise<readonly SettlementOnChain[]> {
  for (const settlement of facts.settlements.toReversed()) {
    if (await contracts.escrow.read.isFinal(BigInt(facts.job), settlementRecord(settlement)))
      return facts.settlements.slice(0, settlement.round);
  }
  return [];
}

type SoFar = Readonly<{ final: number; earned: bigint; unreadable: readonly number[] }>;

/** What the newest round adds; where it can't be read, what it should: it may be voided and posted again. */
async function notFinal(
  from: LeafSources,
  facts: JobFacts,
  seat: SeatOnChain,
  { final, earned, unreadable }: SoFar,
): Promise<Pick<Pay, 'pending' | 'unreadable'>> {
  const newest = facts.settlements.at(-1);
  if (!newest || newest.round <= final) return { pending: 0n, unreadable };
  const above = (amount: bigint): bigint => (amount > earned ? amount - earned : 0n);
  try {
    const { best } = await payingRound(from, facts, seat, [newest]);
    return { pending: above(best?.earned ?? 0n), unreadable };
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    const due = earnedBy(seat, earnedPayouts(facts)?.leaves ?? [], newest.round);
    return { pending: above(due), unreadable: [...unreadable, newest.round] };
  }
}
