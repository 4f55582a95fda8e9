/** Random plays seldom get far by chance: an action that nothing fits yet gives way to the one that would lead to it. */
import { isFinal, isOngoing, postedOf, type GhostJob, type Posting } from '../ledger/ledger.ts';
import type { Action, Kind } from './action.ts';
import type { Stage } from './stage.ts';

/** @param now of the next transaction */
type Fits = (stage: Stage, now: number) => boolean;

const anyJob = (fits: (job: GhostJob, now: number) => boolean): Fits => {
  return ({ ledger }, now) => ledger.jobs.some((job) => fits(job, now));
};
const anyPosting = (fits: (posting: Posting, now: number) => boolean): Fits => {
  return ({ ledger }, now) =>
    ledger.jobs.some(({ postings }) => postings.some((posting) => fits(posting, now)));
};
const status = (wanted: string) =>
  anyPosting(({ dispute, fallen }, now) => {
    return dispute?.status === wanted && !fallen && now <= dispute.deadline;
  });
const runs = anyJob(
  (job, now) => job.state === 'Active' && now < job.cutoff && postedOf(job).length < job.rounds,
);
const committed = anyJob(({ attempts }) => attempts.at(-1)?.outcome === 'Committed');
const final = anyPosting(isFinal);

/** What an action needs, and what comes before it. */
const ladder: Partial<Record<Kind, readonly [needs: Fits, before: Kind]>> = {
  addSeats: [anyJob(({ state, cutoff }, now) => state === 'Open' && now < cutoff), 'open'],
  activate: [
    anyJob(({ state, seats, cutoff }, now) => state === 'Open' && seats.length > 0 && now < cutoff),
    'addSeats',
  ],
  settle: [runs, 'activate'],
  commit: [runs, 'activate'],
  fix: [committed, 'commit'],
  abort: [committed, 'commit'],
  challenge: [
    anyPosting(({ fallen, dispute, readyAt }, now) => !fallen && dispute === null && now < readyAt),
    'settle',
  ],
  defend: [status('Open'), 'challenge'],
  judge: [status('Defended'), 'defend'],
  fileEvidence: [anyPosting(({ dispute }) => dispute !== null && isOngoing(dispute)), 'challenge'],
  conclude: [
    anyPosting(
      ({ dispute, fallen }, now) =>
        dispute !== null && isOngoing(dispute) && (fallen || now > dispute.deadline),
    ),
    'challenge',
  ],
  claim: [final, 'settle'],
  claimFor: [final, 'settle'],
  close: [
    anyJob(
      (job, now) =>
        ['Open', 'Active'].includes(job.state) && (now >= job.cutoff || postedOf(job).length === job.rounds),
    ),
    'wait',
  ],
  refund: [
    anyPosting((posting, now) => {
      return (
        posting.job.state === 'Closed' && isFinal(posting, now) && postedOf(posting.job).at(-1) === posting
      );
    }),
    'close',
  ],
  collectFees: [
    anyJob(({ seats }) => seats.some(({ claimed, collected, fee }) => fee > 0n && claimed > collected)),
    'claimFor',
  ],
};

/** Actions that go astray on purpose stay what they are, and those of the ending. */
export function redirect(stage: Stage, action: Action, now: number): Action {
  const rung = ladder[action.kind];
  if (action.stray < 3 || action.stray > 9 || rung === undefined || rung[0](stage, now)) return action;
  return redirect(stage, { ...action, kind: rung[1] }, now);
}
