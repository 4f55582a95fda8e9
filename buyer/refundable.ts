/** What can come back to a buyer, and when: unused units, what jobs did not earn, credits. Reads only. protocol.md §5 */
import { latestTime } from '#contracts/chain-time.ts';
import type { Contracts } from '#contracts/connect.ts';
import { readEvents } from '#contracts/events.ts';
import { feeOf } from '#contracts/fees.ts';
import { readJobFacts, type JobFacts, type SeatOnChain } from '#contracts/job-facts.ts';
import type { Payouts } from '#protocol/manifests.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { fromAmount, type Address } from '#protocol/units.ts';
import { heldUnits, tokensGiven } from './held-units.ts';

/** Units that no job took: worth their price at any time. */
export type UnusedUnits = Readonly<{ token: number; dataset: number; units: bigint; worth: bigint }>;

export type JobRefund = Readonly<{
  job: number;
  /**
   * `running` may still earn its units; `closable` is over; `waiting` is closed, its last round not final;
   * `unearned` is closed with leaves to show; `done` has given all back; `altered` was settled with other payouts than were earned, which is an auditor's case.
   */
  state: 'running' | 'closable' | 'waiting' | 'unearned' | 'done' | 'altered';
  /** Base units that would come back, were no more rounds settled: unearned units with their fees, and bonus. */
  worth: bigint;
  /** The second from which a running job can be closed, or a waiting one shown; null while a dispute is open, too. */
  from: number | null;
}>;

export type Refundable = Readonly<{
  units: readonly UnusedUnits[];
  jobs: readonly JobRefund[];
  /** Base units that can be withdrawn at once. */
  credits: bigint;
}>;

/**
 * @param only one job's number, for that job and the credits alone
 * @throws TributaryError `chain/…`, `escrow/no-such-job`
 */
export async function findRefundable(
  contracts: Contracts,
  buyer: Address,
  only: number | null = null,
): Promise<Refundable> {
  const now = await latestTime(contracts);
  const jobs: JobRefund[] = [];
  for (const job of only === null ? await jobsOf(contracts, buyer) : [only]) {
    jobs.push(await jobRefund(contracts, job, now));
  }
  return {
    units: only === null ? await unusedUnits(contracts, buyer) : [],
    jobs: only === null ? jobs.filter(({ state }) => state !== 'done') : jobs,
    credits: await contracts.escrow.read.credits(buyer),
  };
}

async function jobsOf(contracts: Contracts, buyer: Address): Promise<number[]> {
  const opened = await readEvents(contracts, contracts.escrow, 'JobOpened', { buyer });
  return opened.map(({ args }) => Number(args.job));
}

async function unusedUnits(contracts: Contracts, buyer: Address): Promise<UnusedUnits[]> {
  const tokens = await tokensGiven(contracts, buyer);
  const held = await heldUnits(contracts, buyer, tokens);
  const unused: UnusedUnits[] = [];
  for (const token of tokens.filter((one) => held(one) > 0n)) {
    const { dataset, price } = await contracts.accessToken.read.unitOf(BigInt(token));
    unused.push({ token, dataset: Number(dataset), units: held(token), worth: held(token) * price });
  }
  return unused;
}

async function jobRefund(contracts: Contracts, job: number, now: number): Promise<JobRefund> {
  const facts = await readJobFacts(contracts, job);
  if (facts.state === 'cancelled') return { job, state: 'done', worth: 0n, from: null };
  const payouts = earnedPayouts(
    facts,
    facts.settlements.map(({ participants }) => participants),
  ).at(-1);
  if (payouts && payouts.root !== facts.settlements.at(-1)?.payoutRoot) {
    return { job, state: 'altered', worth: 0n, from: null };
  }
  if (facts.state === 'closed') return closedRefund(contracts, facts, payouts, now);
  const earned = new Map(payouts?.leaves.map(({ seat, units }) => [seat, units]));
  const unearned = facts.seats.reduce(
    (sum, seat) => sum + BigInt(seat.units - (earned.get(seat.seat) ?? 0)) * chargeOf(facts, seat),
    0n,
  );
  const promised = (payouts?.leaves ?? []).reduce((sum, { bonus }) => sum + fromAmount(bonus), 0n);
  const worth = unearned + facts.bonusPool - promised;
  const from = closableFrom(facts);
  return now >= from ? { job, state: 'closable', worth, from: null } : { job, state: 'running', worth, from };
}

/** What the buyer paid for one unit of a seat. */
const chargeOf = ({ fee }: JobFacts, { price }: SeatOnChain): bigint => price + feeOf(price, fee);

/** As the escrow's `close` has it: at the cutoff, or once all rounds are posted and final. */
function closableFrom({ state, rounds, cutoff, frozenFrom, settlements }: JobFacts): number {
  if (state === 'open' || settlements.length < rounds || frozenFrom !== 0) return cutoff;
  return Math.min(cutoff, Math.max(...settlements.map(({ readyAt }) => readyAt)));
}

/** Posted rounds that seats did not earn, and the bonus of which no leaf speaks. */
async function closedRefund(
  contracts: Contracts,
  facts: JobFacts,
  last: Payouts | undefined,
  now: number,
): Promise<JobRefund> {
  const { job, settlements, seats, rounds, bonusPool } = facts;
  const posted = settlements.length;
  const done = { job, state: 'done', worth: 0n, from: null } as const;
  if (!last) return done;
  let worth = 0n;
  for (const { seat, units, bonus } of last.leaves) {
    const held = seats[seat];
    if (!held) continue;
    const open = Math.min(held.units, posted) - units - held.refundedUnits;
    worth += BigInt(open) * chargeOf(facts, held) - fromAmount(bonus);
  }
  const [refunded] = await readEvents(contracts, contracts.escrow, 'BonusRefunded', { job: BigInt(job) });
  const promised = last.leaves.reduce((sum, { bonus }) => sum + fromAmount(bonus), 0n);
  worth += refunded ? promised : (bonusPool / BigInt(rounds)) * BigInt(posted);
  if (worth <= 0n) return done;
  const final = Math.max(...settlements.map(({ readyAt }) => readyAt));
  if (facts.frozenFrom !== 0) return { job, state: 'waiting', worth, from: null };
  return now < final
    ? { job, state: 'waiting', worth, from: final }
    : { job, state: 'unearned', worth, from: null };
}
