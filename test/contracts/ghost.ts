/**
 * What the escrow should do with money, written a second time and plainly: whole lists instead of packed slots, sums
 * instead of tiers. Compared with the chain after every action of a random test.
 */
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import type { SeatPlan } from './job.ts';
import { at } from './world.ts';

/** The outcome of an action: base units that moved, or the refusal's code. */
export type Outcome = Readonly<{ moved: bigint }> | Readonly<{ refused: string }>;

type GhostSeat = SeatPlan & {
  claimed: bigint;
  refunded: bigint;
  bonus: bigint;
  shown: boolean;
  bonusShown: bigint;
};
export type GhostRound = Readonly<{ leaves: readonly Leaf[]; readyAt: number }>;
export type GhostJob = {
  state: 'open' | 'active' | 'cancelled' | 'closed';
  rounds: number;
  bonusPool: bigint;
  cutoff: number;
  seats: GhostSeat[];
  posted: GhostRound[];
};

const ROUND_TIMEOUT = 50;
const min = (...values: bigint[]) => values.reduce((least, value) => (value < least ? value : least));
const max = (...values: bigint[]) => values.reduce((most, value) => (value > most ? value : most));
const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
const moved = (amount: bigint): Outcome => ({ moved: amount });
const refused = (refusedAs: string): Outcome => ({ refused: `escrow/${refusedAs}` });

export class Ghost {
  readonly jobs: GhostJob[] = [];
  /** What the escrow holds. */
  held = 0n;
  credits = 0n;

  open(rounds: number, bonusPool: bigint, cutoff: number, seats: readonly SeatPlan[]): Outcome {
    const fresh = { claimed: 0n, refunded: 0n, bonus: 0n, shown: false, bonusShown: 0n };
    const paid = bonusPool + sum(seats.map(({ price, units }) => price * BigInt(units)));
    this.jobs.push({
      state: 'open',
      rounds,
      bonusPool,
      cutoff,
      seats: seats.map((seat) => ({ ...seat, ...fresh })),
      posted: [],
    });
    this.held += paid;
    return moved(paid);
  }

  activate(job: GhostJob, now: number): Outcome {
    if (job.state !== 'open') return refused('wrong-state');
    if (now >= job.cutoff) return refused('past-cutoff');
    job.state = 'active';
    return moved(0n);
  }

  /** @param window seconds, by whether there was a quorum */
  settle(job: GhostJob, leaves: readonly Leaf[], window: number, now: number): Outcome {
    if (job.posted.length === job.rounds) return refused('round-beyond-job');
    if (job.state !== 'active') return refused('wrong-state');
    if (now >= job.cutoff) return refused('past-cutoff');
    const readyAt = Math.max(now + window, job.posted.at(-1)?.readyAt ?? 0);
    job.posted.push({ leaves, readyAt });
    return moved(0n);
  }

  cancel(job: GhostJob, now: number): Outcome {
    if (job.state === 'open') return this.#giveBack(job, 'cancelled');
    if (job.state !== 'active') return refused('wrong-state');
    if (now + ROUND_TIMEOUT >= job.cutoff) return refused('cutoff-already-near');
    job.cutoff = now + ROUND_TIMEOUT;
    return moved(0n);
  }

  close(job: GhostJob, now: number): Outcome {
    if (job.state === 'open') {
      return now < job.cutoff ? refused('not-closable-before') : this.#giveBack(job, 'cancelled');
    }
    if (job.state !== 'active') return refused('wrong-state');
    const last = job.posted.at(-1);
    const complete = job.posted.length === job.rounds && last !== undefined && now >= last.readyAt;
    if (!complete && now < job.cutoff) return refused('not-closable-before');
    return this.#giveBack(job, 'closed');
  }

  claim(job: GhostJob, round: number, index: number, now: number): Outcome {
    const { leaves, readyAt } = at(job.posted, round - 1);
    if (now < readyAt) return refused('not-final-before');
    const leaf = at(leaves, index);
    const seat = at(job.seats, leaf.seat);
    const most = min(
      BigInt(leaf.units),
      BigInt(seat.units),
      BigInt(round),
      this.#payable(job, seat) - seat.refunded,
    );
    const units = max(0n, most - seat.claimed);
    const bonus = max(
      0n,
      min(leaf.bonus - seat.bonus, this.#bonusLimit(job, round) - this.#bonusClaimed(job)),
    );
    if (units === 0n && bonus === 0n) return refused('nothing-to-claim');
    seat.claimed += units;
    seat.bonus += bonus;
    const amount = units * seat.price + bonus;
    this.held -= amount;
    return moved(amount);
  }

  refund(job: GhostJob, indices: readonly number[]): Outcome {
    if (job.state !== 'closed') return refused('wrong-state');
    const { leaves } = at(job.posted, job.posted.length - 1);
    const complete = job.seats.every(({ shown }) => shown);
    let credited = 0n;
    let news = false;
    for (const leaf of indices.map((index) => at(leaves, index))) {
      const seat = at(job.seats, leaf.seat);
      if (!seat.shown) {
        news = true;
        seat.shown = true;
        seat.bonusShown = max(leaf.bonus, seat.bonus);
      }
      const payable = this.#payable(job, seat);
      const unearned = payable - max(min(BigInt(leaf.units), payable), seat.claimed) - seat.refunded;
      if (unearned <= 0n) continue;
      seat.refunded += unearned;
      credited += unearned * seat.price;
    }
    if (credited === 0n && !news) return refused('nothing-to-refund');
    if (!complete && job.seats.every(({ shown }) => shown)) {
      credited += this.#accrued(job, job.posted.length) - this.#bonusLimit(job, job.posted.length);
    }
    this.credits += credited;
    return moved(credited);
  }

  withdraw(): Outcome {
    if (this.credits === 0n) return refused('nothing-to-withdraw');
    const amount = this.credits;
    this.credits = 0n;
    this.held -= amount;
    return moved(amount);
  }

  /** What the seats can still collect on the last root, which is theirs whatever else happens. */
  owed(job: GhostJob): bigint {
    const last = job.posted.at(-1);
    if (last === undefined) return 0n;
    return sum(
      job.seats.map((seat, index) => {
        const promised = last.leaves.filter((leaf) => leaf.seat === index).map(({ units }) => BigInt(units));
        const least = promised.length === 0 ? 0n : min(...promised, this.#payable(job, seat));
        return max(0n, least - seat.claimed) * seat.price;
      }),
    );
  }

  #giveBack(job: GhostJob, state: 'cancelled' | 'closed'): Outcome {
    const units = sum(job.seats.map((seat) => (BigInt(seat.units) - this.#payable(job, seat)) * seat.price));
    const credited = units + job.bonusPool - this.#accrued(job, job.posted.length);
    job.state = state;
    this.credits += credited;
    return moved(credited);
  }

  #payable(job: GhostJob, seat: SeatPlan): bigint {
    return min(BigInt(seat.units), BigInt(job.posted.length));
  }

  #accrued(job: GhostJob, round: number): bigint {
    return (job.bonusPool / BigInt(job.rounds)) * BigInt(round);
  }

  #bonusClaimed(job: GhostJob): bigint {
    return sum(job.seats.map(({ bonus }) => bonus));
  }

  #bonusLimit(job: GhostJob, round: number): bigint {
    const accrued = this.#accrued(job, round);
    if (!job.seats.every(({ shown }) => shown)) return accrued;
    return min(accrued, max(sum(job.seats.map(({ bonusShown }) => bonusShown)), this.#bonusClaimed(job)));
  }
}
