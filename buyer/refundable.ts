/** What can come back to a buyer, and when: unused units, what jobs did not earn, credits. Reads only. protocol.md §5 */
import type { Contracts } from '#contracts/connect.ts';
import { readEvents } from '#contracts/events.ts';
import { readJobFacts, type JobFacts } from '#contracts/job-facts.ts';
import type { Payouts } from '#protocol/manifests.ts';
import { earnedPayouts } from '#protocol/rules/earned.ts';
import { fromAmount, type Address } from '#protocol/units.ts';
import { chainTime } from './chain-time.ts';
import { heldUnits, tokensGiven } from './held-units.ts';

/** Units that no job took: worth their price at any time. */
export type UnusedUnits = Readonly<{ token: number; dataset: number; units: bigint; worth: bigint }>;

export type JobRefund = Readonly<{
  job: number;
  /**
   * `running` may still earn its units; `closable` is over; `waiting` is closed, and its last round not final yet;
   * `unearned` is closed with leaves to show; `done` has given all back; `altered` was settled with other payouts than
   * were earned, which is an auditor's case.
   */
  state: 'running' | 'closable' | 'waiting' | 'unearned' | 'done' | 'altered';
  /** Base units that would come back, were no more rounds settled. */
  worth: bigint;
  /** For a running or waiting job: the second from which it can be closed, or its last round is final unless disputed. */
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
  const now = await chainTime(contracts);
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
  const paidIn = facts.seats.reduce((sum, { price, units }) => sum + price * BigInt(units), facts.bonusPool);
  const worth = paidIn - (payouts ? fromAmount(payouts.total) : 0n);
  const from = closableFrom(facts);
  return now >= from ? { job, state: 'closable', worth, from: null } : { job, state: 'running', worth, from };
}

/** As the escrow's `close` has it: all rounds posted and final, or the cutoff; an open job at its cutoff. */
function closableFrom({ state, rounds, cutoff, frozenFrom, settlements }: JobFacts): number {
  const last = settlements.at(-1);
  const over = state === 'active' && settlements.length === rounds && frozenFrom === 0;
  return over && last ? Math.min(last.readyAt, cutoff) : cutoff;
}

/** Posted rounds that seats did not earn, and the bonus of which no leaf speaks. */
async function closedRefund(
  contracts: Contracts,
  facts: JobFacts,
  last: Payouts | undefined,
  now: number,
): Promise<JobRefund> {
  const { job, settlements, seats, rounds, bonusPool, frozenFrom } = facts;
  const posted = settlements.length;
  const done = { job, state: 'done', worth: 0n, from: null } as const;
  if (!last) return done;
  let worth = 0n;
  for (const { seat, units, bonus } of last.leaves) {
    const held = seats[seat];
    if (!held) continue;
    const { refundedUnits } = await contracts.escrow.read.seatOf(BigInt(job), seat);
    worth += BigInt(Math.min(held.units, posted) - units - refundedUnits) * held.price - fromAmount(bonus);
  }
  const [refunded] = await readEvents(contracts, contracts.escrow, 'BonusRefunded', { job: BigInt(job) });
  const promised = last.leaves.reduce((sum, { bonus }) => sum + fromAmount(bonus), 0n);
  worth += refunded ? promised : (bonusPool / BigInt(rounds)) * BigInt(posted);
  if (worth === 0n) return done;
  const readyAt = settlements.at(-1)?.readyAt ?? 0;
  return now < readyAt || frozenFrom > 0
    ? { job, state: 'waiting', worth, from: readyAt }
    : { job, state: 'unearned', worth, from: null };
}
