/** The plain ledger of a job's life: opening, seats and every way out. protocol.md §5.1 */
import type { Address } from '#protocol/units.ts';
import { credit, frozenFrom, jobBy, move, postedOf, windows, type GhostJob, type Ledger } from './ledger.ts';
import { offerBy } from './market.ts';
import { refuse, total } from './refused.ts';

export type Terms = Pick<
  GhostJob,
  'coordinator' | 'rounds' | 'cutoff' | 'bonusPool' | 'arbiter' | 'arbiterFee'
> &
  Readonly<{ basisPoints: number }>;

export function open(ledger: Ledger, by: Address, terms: Terms, now: number): void {
  const { paused, basisPoints, arbiters } = ledger.policy;
  if (paused) refuse('opening-is-paused');
  if (terms.cutoff <= now) refuse('cutoff-out-of-range');
  if (terms.basisPoints !== basisPoints) refuse('fee-differs');
  const asked = arbiters.get(terms.arbiter) ?? refuse('arbiter-not-listed');
  if (terms.arbiterFee !== asked) refuse('arbiter-fee-differs');
  move(ledger, by, ledger.escrow, terms.bonusPool);
  ledger.jobs.push({
    ...terms,
    id: ledger.jobs.length + 1,
    state: 'Open',
    buyer: by,
    basisPoints: BigInt(terms.basisPoints),
    readyAt: 0,
    seats: [],
    postings: [],
    attempts: [],
    deposited: terms.bonusPool,
    credited: 0n,
    fees: 0n,
  });
}

export type SeatOrder = Readonly<{ token: number; units: number }>;

export function addSeats(
  ledger: Ledger,
  by: Address,
  id: number,
  orders: readonly SeatOrder[],
  now: number,
): void {
  const job = jobBy(ledger, id);
  if (by !== job.buyer) refuse('not-buyer');
  if (job.state !== 'Open') refuse('wrong-state');
  if (now >= job.cutoff) refuse('past-cutoff');
  let last = job.seats.at(-1)?.dataset ?? 0;
  const added = orders.map(({ token, units }) => {
    const { dataset, price, validUntil } = offerBy(ledger, token);
    const { operator, retired } = ledger.datasets[dataset - 1] ?? refuse('unknown-dataset');
    if (units === 0 || units > job.rounds) refuse('units-out-of-range');
    if (dataset <= last) refuse('datasets-out-of-order');
    if (now > validUntil) refuse('offer-expired');
    if (retired) refuse('dataset-is-retired');
    if (operator === null) refuse('dataset-has-no-operator');
    last = dataset;
    const paid = { claimed: 0n, refunded: 0n, collected: 0n, bonus: 0n, shown: false, bonusShown: 0n };
    const fee = (price * job.basisPoints) / 10_000n;
    return { dataset, token, operator, price, fee, units: BigInt(units), ...paid };
  });
  for (const { token, units } of orders) {
    if ((offerBy(ledger, token).held.get(by) ?? 0) < units) refuse('units-not-owned');
  }
  for (const { token, units } of orders) {
    const { held, price } = offerBy(ledger, token);
    held.set(by, (held.get(by) ?? 0) - units);
    move(ledger, ledger.accessToken, ledger.escrow, BigInt(units) * price);
  }
  move(ledger, by, ledger.escrow, total(added.map(({ units, fee }) => units * fee)));
  job.deposited += total(added.map(({ units, price, fee }) => units * (price + fee)));
  job.seats.push(...added);
}

export function activate(ledger: Ledger, by: Address, id: number, now: number): void {
  const job = jobBy(ledger, id);
  if (by !== job.buyer) refuse('not-buyer');
  if (job.state !== 'Open') refuse('wrong-state');
  if (now >= job.cutoff) refuse('past-cutoff');
  if (job.seats.length === 0) refuse('no-seats');
  job.state = 'Active';
}

export function cancel(ledger: Ledger, by: Address, id: number, now: number): void {
  const job = jobBy(ledger, id);
  if (by !== job.buyer) refuse('not-buyer');
  if (job.state === 'Open') return end(ledger, job, 'Cancelled');
  if (job.state !== 'Active') refuse('wrong-state');
  if (now + windows.roundTimeout >= job.cutoff) refuse('cutoff-already-near');
  job.cutoff = now + windows.roundTimeout;
}

export function close(ledger: Ledger, id: number, now: number): void {
  const job = jobBy(ledger, id);
  if (job.state === 'Open') {
    return now < job.cutoff ? refuse('not-closable-before') : end(ledger, job, 'Cancelled');
  }
  if (job.state !== 'Active') refuse('wrong-state');
  const complete = postedOf(job).length === job.rounds && frozenFrom(job) === 0 && now >= job.readyAt;
  if (!complete && now < job.cutoff) refuse('not-closable-before');
  end(ledger, job, 'Closed');
}

export function rotate(ledger: Ledger, by: Address, id: number, index: number): void {
  const seat = ledger.jobs[id - 1]?.seats[index] ?? refuse('no-such-seat');
  const { owner, operator } = ledger.datasets[seat.dataset - 1] ?? refuse('unknown-dataset');
  if (by !== owner) refuse('not-dataset-owner');
  if (operator === null) refuse('dataset-has-no-operator');
  seat.operator = operator;
}

function end(ledger: Ledger, job: GhostJob, state: 'Cancelled' | 'Closed'): void {
  job.state = state;
  creditBuyer(ledger, job, unclaimable(job));
}

export function creditBuyer(ledger: Ledger, job: GhostJob, amount: bigint): void {
  job.credited += amount;
  credit(ledger.credits, job.buyer, amount);
}

/** What no root over the posted rounds can ask for. */
export function unclaimable(job: GhostJob): bigint {
  const posted = BigInt(postedOf(job).length);
  const units = job.seats.map(({ units, price, fee }) =>
    units > posted ? (units - posted) * (price + fee) : 0n,
  );
  return total(units) + job.bonusPool - accrued(job, Number(posted));
}

export function accrued(job: GhostJob, round: number): bigint {
  return (job.bonusPool / BigInt(job.rounds)) * BigInt(round);
}
