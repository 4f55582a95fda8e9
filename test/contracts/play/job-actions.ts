/** Random actions on a job's life: opening, seats, every way out. */
import { opening } from '../job.ts';
import * as jobs from '../ledger/jobs.ts';
import { postedOf, type GhostJob } from '../ledger/ledger.ts';
import { actor, jobFor, type Action, type Plan } from './action.ts';
import { arbitersOf, buyersOf, coordinatorsOf, pick, type Stage } from './stage.ts';

const MAX_JOBS = 5;
const HORIZONS = [10_000, 3_000, 900];

const open: Plan = (stage, action, now) => {
  const { policy, jobs: opened } = stage.ledger;
  const by = pick(buyersOf(stage), action.which);
  const listed = arbitersOf(stage)
    .map(({ address }) => address)
    .filter((address) => policy.arbiters.has(address));
  const arbiter =
    listed.length === 0 || action.stray === 1
      ? pick(arbitersOf(stage), action.other).address
      : pick(listed, action.other);
  const terms = {
    coordinator: pick(coordinatorsOf(stage), action.amount).address,
    rounds: 1 + (action.amount % 4),
    cutoff: action.stray === 0 ? now : now + pick(HORIZONS, action.which),
    bonusPool: pick([0n, 50n, 103n], action.other),
    arbiter,
    arbiterFee: (policy.arbiters.get(arbiter) ?? 0n) + (action.stray === 2 ? 1n : 0n),
    // A sixth job of one run is opened with a fee that nobody asks, and refused.
    basisPoints: policy.basisPoints + (opened.length < MAX_JOBS ? 0 : 1),
  };
  return {
    model: () => jobs.open(stage.ledger, by.address, terms, now),
    async send() {
      const { basisPoints: fee, cutoff, ...rest } = terms;
      await by.contracts.escrow.send.open(
        await opening(stage.world, { ...rest, fee, cutoff: BigInt(cutoff) }),
      );
    },
  };
};

const buyerOf = ({ ledger }: Stage, id: number) => ledger.jobs[id - 1]?.buyer;
const isOpen = ({ state }: GhostJob) => state === 'Open';
const isActive = ({ state }: GhostJob) => state === 'Active';

/** One or two offers, of datasets that come after the last seat's unless the action goes astray. */
const addSeats: Plan = (stage, action, now) => {
  const id = jobFor(stage, action, (job) => isOpen(job) && now < job.cutoff);
  const by = actor(stage, action, buyerOf(stage, id));
  const job = stage.ledger.jobs[id - 1];
  let last = action.stray === 2 ? 0 : (job?.seats.at(-1)?.dataset ?? 0);
  const orders: jobs.SeatOrder[] = [];
  for (const [place, { dataset }] of stage.ledger.offers.entries()) {
    if (dataset <= last || orders.length === 1 + (action.amount % 2)) continue;
    orders.push({ token: place + 1, units: unitsOf(action, orders.length, job) });
    last = dataset;
  }
  if (orders.length === 0) orders.push({ token: 1 + (action.other % 7), units: 1 });
  return {
    model: () => jobs.addSeats(stage.ledger, by.address, id, orders, now),
    send: () =>
      by.contracts.escrow.send.addSeats(
        BigInt(id),
        orders.map(({ token }) => BigInt(token)),
        orders.map(({ units }) => units),
      ),
  };
};

function unitsOf({ stray, amount, other }: Action, place: number, job: GhostJob | undefined): number {
  const rounds = job?.rounds ?? 1;
  return stray === 2 ? amount % (rounds + 2) : 1 + ((other + place) % rounds);
}

const activate: Plan = (stage, action, now) => {
  const id = jobFor(stage, action, (job) => isOpen(job) && job.seats.length > 0 && now < job.cutoff);
  const by = actor(stage, action, buyerOf(stage, id));
  return {
    model: () => jobs.activate(stage.ledger, by.address, id, now),
    send: () => by.contracts.escrow.send.activate(BigInt(id)),
  };
};

const cancel: Plan = (stage, action, now) => {
  const id = jobFor(stage, action, (job) => isOpen(job) || isActive(job));
  const by = actor(stage, action, buyerOf(stage, id));
  return {
    model: () => jobs.cancel(stage.ledger, by.address, id, now),
    send: () => by.contracts.escrow.send.cancel(BigInt(id)),
  };
};

const close: Plan = (stage, action, now) => {
  const isOver = (job: GhostJob) => now >= job.cutoff || postedOf(job).length === job.rounds;
  const id = jobFor(stage, action, (job) => (isOpen(job) || isActive(job)) && isOver(job));
  const by = pick(stage.people, action.other);
  return {
    model: () => jobs.close(stage.ledger, id, now),
    send: () => by.contracts.escrow.send.close(BigInt(id)),
  };
};

const rotate: Plan = (stage, action) => {
  const id = jobFor(stage, action, ({ seats }) => seats.length > 0);
  const seats = stage.ledger.jobs[id - 1]?.seats ?? [];
  const index = action.amount % (seats.length + 1);
  const dataset = seats[index]?.dataset ?? 0;
  const by = actor(stage, action, stage.ledger.datasets[dataset - 1]?.owner);
  return {
    model: () => jobs.rotate(stage.ledger, by.address, id, index),
    send: () => by.contracts.escrow.send.rotateOperator(BigInt(id), index),
  };
};

export const jobActions = { open, addSeats, activate, cancel, close, rotate };
