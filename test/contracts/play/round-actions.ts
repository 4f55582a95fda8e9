/** Random actions on attempts and rounds: rosters, survivors, settlements with any root and any signatures. */
import { digestOfText } from '#test/support/cohort.ts';
import { noQuorum, payoutTree, settle as settleOnChain, settlement, signedQuorum } from '../job.ts';
import * as rounds from '../ledger/rounds.ts';
import { postedOf, type GhostJob, type Posting } from '../ledger/ledger.ts';
import { actor, jobFor, type Action, type Plan } from './action.ts';
import { buyersOf, pick, type Stage } from './stage.ts';

const canGoOn = (now: number) => (job: GhostJob) =>
  job.state === 'Active' && now < job.cutoff && postedOf(job).length < job.rounds;

function roundOf(job: GhostJob | undefined, { stray, amount }: Action): number {
  const next = job ? postedOf(job).length + 1 : 1;
  return stray === 2 ? Math.max(0, next + (amount % 3) - 1) : next;
}

/** One seat, one leaf; now and then two leaves for a seat, and one for a seat that is not there. */
function leavesOf({ units, bonus, amount }: Action, seats: number) {
  const count = Math.max(1, seats) + (amount % 7 === 0 ? 1 : 0);
  return Array.from({ length: count }, (_, place) => ({
    seat: place < seats ? place : amount % (seats + 1),
    units: units[place % 6] ?? 0,
    bonus: bonus[place % 6] ?? 0n,
  }));
}

const settle: Plan = (stage, action, now) => {
  const id = jobFor(stage, action, canGoOn(now));
  const job = stage.ledger.jobs[id - 1];
  const by = actor(stage, action, job?.coordinator);
  const round = roundOf(job, action);
  const leaves = leavesOf(action, job?.seats.length ?? 1);
  const last = job?.attempts.at(-1);
  const after = last === undefined || last.round !== round || last.outcome === 'Aborted';
  const attempt =
    (last?.round === round ? last.attempt : 0) + (after ? 1 : 0) + (action.other % 11 === 0 ? 1 : 0);
  const signed = signatures(stage, action, job, now);

  const tree = payoutTree(BigInt(id), leaves);
  const everybody = (job?.seats ?? [0]).map((_, seat) => seat);
  const seats = everybody.map(() => ({ price: 0n, units: 1 }));
  const test = { job: BigInt(id), rounds: 1, bonusPool: 0n, seats, listings: [], cutoff: 0 };
  const given = { ...settlement(test, round, tree.root, everybody), attempt };
  const quorum =
    signed === null
      ? noQuorum
      : signedQuorum(
          stage.world,
          test,
          given,
          signed.operators,
          buyerBy(stage, signed.buyer),
          BigInt(signed.deadline),
        );
  let posting: Posting | undefined;
  return {
    model() {
      posting = rounds.settle(stage.ledger, by.address, id, { round, attempt, leaves }, signed, now);
    },
    async send() {
      const { record, head } = await settleOnChain(stage.world, test, given, quorum, by);
      if (posting) stage.onChain.set(posting, { record, tree, head });
    },
  };
};

/** Without a quorum as often as not; now and then late, too few, forged, or by another buyer. */
function signatures(
  stage: Stage,
  { other, amount, stray }: Action,
  job: GhostJob | undefined,
  now: number,
): rounds.Signed {
  if (job === undefined || job.seats.length === 0 || other % 2 === 0) return null;
  const keys: (number | null)[] = job.seats.map(({ operator }) => operator);
  const flaw = stray === 2 ? amount % 4 : -1;
  if (flaw === 1) for (let seat = 0; 2 * seat < keys.length; seat += 1) keys[seat] = null;
  if (flaw === 2) keys[0] = 77;
  const buyer =
    flaw === 3 ? pick(buyersOf(stage), buyersOf(stage)[0]?.address === job.buyer ? 1 : 0).address : job.buyer;
  return { operators: keys, buyer, deadline: flaw === 0 ? now - 1 : now };
}

const buyerBy = (stage: Stage, address: string) =>
  buyersOf(stage).find((buyer) => buyer.address === address) ?? stage.world.buyer;

/** The attempt that fits: one after the last for a roster, the last one for its end. */
const attempted =
  (
    wanted: 'next' | 'last',
    act: typeof rounds.commit,
    name: 'commitRoster' | 'fixSurvivors' | 'abortAttempt',
  ): Plan =>
  (stage, action, now) => {
    const runs = (job: GhostJob) => job.attempts.at(-1)?.outcome === 'Committed';
    const id = jobFor(stage, action, wanted === 'next' ? canGoOn(now) : runs);
    const job = stage.ledger.jobs[id - 1];
    const last = job?.attempts.at(-1);
    const round = wanted === 'last' && last && action.stray !== 2 ? last.round : roundOf(job, action);
    const known = job?.attempts.filter((other) => other.round === round).at(-1)?.attempt ?? 0;
    const attempt = action.stray === 2 ? action.other % 4 : known + (wanted === 'next' ? 1 : 0);
    const by = actor(stage, action, job?.coordinator);
    const { send } = by.contracts.escrow;
    return {
      model: () => act(stage.ledger, by.address, id, round, attempt, now),
      send: () =>
        name === 'abortAttempt'
          ? send.abortAttempt(BigInt(id), round, attempt)
          : send[name](BigInt(id), round, attempt, digestOfText(`${name} ${round} ${attempt}`)),
    };
  };

export const roundActions = {
  settle,
  commit: attempted('next', rounds.commit, 'commitRoster'),
  fix: attempted('last', rounds.fix, 'fixSurvivors'),
  abort: attempted('last', rounds.abort, 'abortAttempt'),
};
