/** DESIGN section 4 after every action, from what the chain answered: sums, bounds, and what may never go back. */
import { expect } from 'chai';
import type { Seat } from '#contracts/bindings/seat-reader.ts';
import { JobState, type Job } from '#contracts/bindings/training-escrow.ts';
import type { Address } from '#protocol/units.ts';
import { isFinal, postedOf, type GhostJob, type Ledger } from '../ledger/ledger.ts';
import { least, most, total } from '../ledger/refused.ts';
import type { Stage } from './stage.ts';

/** Answers of the chain by the names of their views. See expected.ts. */
export type Answers = ReadonlyMap<string, unknown>;

export function expectInvariants(stage: Stage, answers: Answers, now: number): void {
  expectCollateral(stage.ledger, answers);
  expectConserved(stage.ledger, answers, now);
  expectBondsApart(stage.ledger, answers);
  for (const job of stage.ledger.jobs) {
    expectWithinBounds(job, answers, now);
    expectNothingGoesBack(stage, job, answers, now);
  }
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the views' own types
const read = <T>(answers: Answers, what: string): T => answers.get(what) as T;
const seatsOf = (answers: Answers, { id, seats }: GhostJob): Seat[] =>
  seats.map((_, index) => read<Seat>(answers, `seat ${id}/${index}`));
const coinsOf = (answers: Answers, account: Address): bigint => read<bigint>(answers, `coins of ${account}`);
const feeOf = ({ price }: Pick<Seat, 'price'>, { basisPoints }: GhostJob) => (price * basisPoints) / 10_000n;

/** The access token holds the price of every unit that is out. */
function expectCollateral({ accessToken, offers }: Ledger, answers: Answers): void {
  const out = offers.flatMap(({ price, held }, place) =>
    [...held.keys()].map((account) => price * read<bigint>(answers, `units ${place + 1} of ${account}`)),
  );
  expect(coinsOf(answers, accessToken), 'supply × price').to.equal(total(out));
}

/** deposited = claimed + final unclaimed + pending + fees + refunded + credits + remaining, over all jobs. */
function expectConserved({ escrow, jobs, credits }: Ledger, answers: Answers, now: number): void {
  const owing = total([...credits.keys()].map((account) => read<bigint>(answers, `credits of ${account}`)));
  const rest = jobs.map((job) => {
    const parts = partsOf(job, answers, now);
    expect(total(Object.values(parts)), `job ${job.id} deposited`).to.equal(job.deposited);
    for (const [part, amount] of Object.entries(parts)) {
      expect(amount >= 0n, `job ${job.id} ${part} ${amount}`).to.equal(true);
    }
    return parts.unclaimed + parts.pending + parts.feesDue + parts.remaining;
  });
  expect(coinsOf(answers, escrow), 'escrow').to.equal(owing + total(rest));
}

function partsOf(job: GhostJob, answers: Answers, now: number) {
  const { posted } = read<Job>(answers, `job ${job.id}`);
  const seats = seatsOf(answers, job);
  const sum = (of: (seat: Seat) => bigint) => total(seats.map(of));
  const finals = postedOf(job).filter((posting) => isFinal(posting, now)).length;
  const held = (seat: Seat, rounds: number) => BigInt(Math.min(seat.units, rounds));
  const open = (seat: Seat, rounds: number) =>
    most(0n, held(seat, rounds) - BigInt(seat.claimedUnits) - BigInt(seat.refundedUnits));
  const unit = (seat: Seat) => seat.price + feeOf(seat, job);
  const ended = job.state === 'Closed' || job.state === 'Cancelled';

  const claimed = sum((seat) => BigInt(seat.claimedUnits) * seat.price + seat.claimedBonus);
  const fees = sum((seat) => BigInt(seat.collectedUnits) * feeOf(seat, job));
  const feesDue = sum((seat) => BigInt(seat.claimedUnits - seat.collectedUnits) * feeOf(seat, job));
  const unclaimed = sum((seat) => open(seat, finals) * unit(seat));
  const pending = sum((seat) => (open(seat, posted) - open(seat, finals)) * unit(seat));
  expect(fees, `job ${job.id} fees`).to.equal(job.fees);
  // What is not reached by a round stays until the end, and so does the bonus; then the buyer has been credited.
  const units = sum((seat) => (BigInt(seat.units) - held(seat, posted)) * unit(seat));
  const bonus = job.bonusPool - sum((seat) => seat.claimedBonus);
  const remaining = ended
    ? job.deposited - claimed - fees - feesDue - unclaimed - pending - job.credited
    : units + bonus;
  if (ended) expect(remaining <= bonus, `job ${job.id}: ${remaining} of bonus ${bonus}`).to.equal(true);
  return { claimed, unclaimed, pending, fees, feesDue, refundedAndCredited: job.credited, remaining };
}

/** The bonds: what is owed from ended disputes, and both sides of those that go on. */
function expectBondsApart({ disputes, bondCredits, jobs }: Ledger, answers: Answers): void {
  const owed = [...bondCredits.keys()].map((account) => read<bigint>(answers, `bonds of ${account}`));
  const open = jobs.flatMap(({ id, postings }) =>
    postings.map((_, place) => {
      const { status, bond } = read<{ status: number; bond: bigint }>(answers, `dispute ${id}/${place}`);
      return status === 1 ? bond : status === 2 ? 2n * bond : 0n;
    }),
  );
  expect(coinsOf(answers, disputes), 'bonds').to.equal(total([...owed, ...open]));
}

/** No unit twice, none above what a final leaf gives; and every seat can still collect its capped base pay. */
function expectWithinBounds(job: GhostJob, answers: Answers, now: number): void {
  const finals = postedOf(job).filter((posting) => isFinal(posting, now));
  const last = finals.at(-1);
  for (const [index, seat] of seatsOf(answers, job).entries()) {
    const name = `seat ${job.id}/${index}`;
    const { posted, state } = read<Job>(answers, `job ${job.id}`);
    const paid = seat.claimedUnits + seat.refundedUnits;
    expect(paid, name).to.be.at.most(Math.min(seat.units, posted));
    expect(seat.collectedUnits, name).to.be.at.most(seat.claimedUnits);
    if (state !== JobState.Closed) expect(seat.refundedUnits, name).to.equal(0);
    const promised = finals.flatMap(({ leaves }) =>
      leaves.filter((leaf) => leaf.seat === index).map(({ units }) => units),
    );
    expect(seat.claimedUnits, `${name} beyond its leaf`).to.be.at.most(Math.max(0, ...promised));
    const own = (last?.leaves ?? []).filter((leaf) => leaf.seat === index);
    if (last && own.length === 1) {
      const due = least(BigInt(own[0]?.units ?? 0), BigInt(seat.units), BigInt(last.round));
      expect(due <= BigInt(seat.units - seat.refundedUnits), `${name} can't collect ${due}`).to.equal(true);
    }
  }
}

/** Claims and refunds only grow, ends are for ever, and a final round keeps its head. */
function expectNothingGoesBack({ seen }: Stage, job: GhostJob, answers: Answers, now: number): void {
  const grows = (what: string, value: bigint) => {
    const before = (seen.get(what) ?? 0n) as bigint;
    expect(value >= before, `${what} fell from ${before} to ${value}`).to.equal(true);
    seen.set(what, value);
  };
  for (const [index, seat] of seatsOf(answers, job).entries()) {
    const name = `seat ${job.id}/${index}`;
    grows(`${name} claimed`, BigInt(seat.claimedUnits));
    grows(`${name} refunded`, BigInt(seat.refundedUnits));
    grows(`${name} collected`, BigInt(seat.collectedUnits));
    grows(`${name} bonus`, seat.claimedBonus);
  }
  // None < Open < Active < Cancelled < Closed; from Cancelled nothing leads on, as it stands beside Closed.
  const { state } = read<Job>(answers, `job ${job.id}`);
  grows(`job ${job.id} state`, BigInt(state));
  keeps(seen, `job ${job.id} cancelled`, state === JobState.Cancelled ? 'for ever' : undefined);
  for (const { round } of postedOf(job).filter((posting) => isFinal(posting, now))) {
    keeps(seen, `final ${job.id}/${round}`, read<string>(answers, `head ${job.id}/${round}`));
  }
  for (const [what, head] of seen) {
    if (!what.startsWith(`final ${job.id}/`)) continue;
    expect(read(answers, what.replace('final', 'head')), what).to.equal(head);
  }
}

function keeps(seen: Map<string, bigint | string>, what: string, value: string | undefined): void {
  const before = seen.get(what);
  if (before !== undefined) expect(value, what).to.equal(before);
  if (value !== undefined) seen.set(what, value);
}
