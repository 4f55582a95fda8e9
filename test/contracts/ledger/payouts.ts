/** The plain ledger of claims, refunds, fees and withdrawals. protocol.md §5.2 */
import type { Address } from '#protocol/units.ts';
import {
  credit,
  frozenFrom,
  jobBy,
  move,
  postedOf,
  type GhostJob,
  type GhostSeat,
  type Ledger,
  type Posting,
} from './ledger.ts';
import { accrued, creditBuyer } from './jobs.ts';
import { least, most, refuse, total } from './refused.ts';

/** @param to the account that a claim names; null for a claim that anyone makes for the owner */
export function claim(
  ledger: Ledger,
  by: Address,
  posting: Posting,
  index: number,
  to: Address | null,
  now: number,
): void {
  requireFinal(posting, now);
  const { job, round, leaves } = posting;
  const leaf = leaves[index] ?? refuse('not-in-payouts');
  const seat = job.seats[leaf.seat] ?? refuse('no-such-seat');
  const payable = least(BigInt(leaf.units), seat.units, BigInt(round), reached(job, seat) - seat.refunded);
  const units = most(0n, payable - seat.claimed);
  const left = bonusLimit(job, job.seats, round) - total(job.seats.map(({ bonus }) => bonus));
  const bonus = most(0n, least(leaf.bonus - seat.bonus, left));
  if (units === 0n && bonus === 0n) refuse('nothing-to-claim');
  const { owner } = ledger.datasets[seat.dataset - 1] ?? refuse('unknown-dataset');
  if (to !== null && by !== owner) refuse('not-dataset-owner');
  seat.claimed += units;
  seat.bonus += bonus;
  move(ledger, ledger.escrow, to ?? owner, units * seat.price + bonus);
}

export function refund(ledger: Ledger, posting: Posting, indices: readonly number[], now: number): void {
  const { job, round, leaves } = posting;
  if (job.state !== 'Closed') refuse('wrong-state');
  if (round !== postedOf(job).length) refuse('not-the-last-round');
  requireFinal(posting, now);
  const seats = job.seats.map((seat) => ({ ...seat }));
  let credited = 0n;
  for (const leaf of indices.map((index) => leaves[index] ?? refuse('not-in-payouts'))) {
    const seat = seats[leaf.seat] ?? refuse('no-such-seat');
    if (!seat.shown) [seat.shown, seat.bonusShown] = [true, most(leaf.bonus, seat.bonus)];
    const all = reached(job, seat);
    const unearned = all - most(least(BigInt(leaf.units), all), seat.claimed) - seat.refunded;
    if (unearned <= 0n) continue;
    seat.refunded += unearned;
    credited += unearned * (seat.price + seat.fee);
  }
  const shown = (list: readonly GhostSeat[]) => list.filter((seat) => seat.shown).length;
  if (credited === 0n && shown(seats) === shown(job.seats)) refuse('nothing-to-refund');
  if (shown(job.seats) < seats.length && shown(seats) === seats.length) {
    credited += accrued(job, round) - bonusLimit(job, seats, round);
  }
  job.seats = seats;
  creditBuyer(ledger, job, credited);
}

export function collectFees(ledger: Ledger, id: number, indices: readonly number[]): void {
  const job = jobBy(ledger, id);
  const seats = [...new Set(indices)].map((index) => job.seats[index] ?? refuse('no-such-seat'));
  const due = total(seats.map(({ claimed, collected, fee }) => (claimed - collected) * fee));
  if (due === 0n) refuse('nothing-to-collect');
  for (const seat of seats) seat.collected = seat.claimed;
  job.fees += due;
  credit(ledger.credits, ledger.feeRecipient, due);
}

export function withdraw(ledger: Ledger, by: Address): void {
  const amount = ledger.credits.get(by) ?? 0n;
  if (amount === 0n) refuse('nothing-to-withdraw');
  ledger.credits.set(by, 0n);
  move(ledger, ledger.escrow, by, amount);
}

function requireFinal(posting: Posting, now: number): void {
  if (posting.fallen) refuse('not-the-settlement');
  const frozen = frozenFrom(posting.job);
  if (frozen !== 0 && posting.round >= frozen) refuse('disputed');
  if (now < posting.readyAt) refuse('not-final-before');
}

/** Rounds of a seat that the posted ones have reached. */
export const reached = (job: GhostJob, { units }: GhostSeat): bigint =>
  least(units, BigInt(postedOf(job).length));

/** Most bonus that may ever have been claimed at a round: what it accrued, and no more than all leaves promise. */
function bonusLimit(job: GhostJob, seats: readonly GhostSeat[], round: number): bigint {
  const all = accrued(job, round);
  if (!seats.every(({ shown }) => shown)) return all;
  const claimed = total(seats.map(({ bonus }) => bonus));
  return least(all, most(total(seats.map(({ bonusShown }) => bonusShown)), claimed));
}
