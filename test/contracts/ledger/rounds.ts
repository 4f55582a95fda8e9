/** The plain ledger of attempts and settlements. protocol.md §5.3, §5.4 */
import type { Leaf } from '#contracts/bindings/training-escrow.ts';
import type { Address } from '#protocol/units.ts';
import {
  jobBy,
  postedOf,
  windows,
  type GhostAttempt,
  type GhostJob,
  type Ledger,
  type Posting,
} from './ledger.ts';
import { refuse } from './refused.ts';

const MAX_COMMITS = 8;

/** @param by an account; @param operators keys that signed, one a seat; null for no quorum at all */
export type Signed = Readonly<{
  operators: readonly (number | null)[];
  buyer: Address;
  deadline: number;
}> | null;

export function settle(
  ledger: Ledger,
  by: Address,
  id: number,
  given: Readonly<{ round: number; attempt: number; leaves: readonly Leaf[] }>,
  signed: Signed,
  now: number,
): Posting {
  const job = coordinated(ledger, by, id);
  requireNext(job, given.round);
  requireRunning(job, now);
  const last = job.attempts.at(-1);
  if (last?.round === given.round && !agrees(last, given.attempt)) refuse('not-the-agreed-attempt');
  if (signed !== null) checkQuorum(job, signed, now);
  const readyAt = Math.max(now + (signed === null ? windows.long : windows.short), job.readyAt);
  const { round, leaves } = given;
  const posting = { job, round, leaves, readyAt, quorum: signed !== null, dispute: null, fallen: false };
  job.postings.push(posting);
  job.readyAt = readyAt;
  return posting;
}

/** Everybody takes part in the rounds of these tests. */
function checkQuorum({ seats, buyer }: GhostJob, signed: NonNullable<Signed>, now: number): void {
  if (now > signed.deadline) refuse('quorum-expired');
  const signers = signed.operators.filter((operator) => operator !== null).length;
  if (2 * signers <= seats.length || 3 * signers < 2 * seats.length) refuse('quorum-too-small');
  const forged = signed.operators.some((key, seat) => key !== null && key !== seats[seat]?.operator);
  if (forged) refuse('bad-attestation');
  if (signed.buyer !== buyer) refuse('bad-approval');
}

const agrees = ({ outcome, attempt }: GhostAttempt, settled: number): boolean =>
  (outcome === 'Survivors' && settled === attempt) || (outcome === 'Aborted' && settled > attempt);

export function commit(
  ledger: Ledger,
  by: Address,
  id: number,
  round: number,
  attempt: number,
  now: number,
): void {
  const job = coordinated(ledger, by, id);
  requireNext(job, round);
  if (attemptBy(job, round, attempt)) refuse('already-committed');
  requireRunning(job, now);
  const others = job.attempts.filter((other) => other.round === round);
  const behind = job.attempts.some((other) => other.round > round);
  if (!behind && others.some(({ outcome }) => outcome !== 'Aborted')) refuse('attempt-stands');
  if (behind) refuse('roster-behind');
  if (attempt === 0 || others.some((other) => other.attempt > attempt)) refuse('attempt-out-of-order');
  if (others.length === MAX_COMMITS) refuse('too-many-attempts');
  job.attempts.push({ round, attempt, outcome: 'Committed', since: now });
}

export function fix(
  ledger: Ledger,
  by: Address,
  id: number,
  round: number,
  attempt: number,
  now: number,
): void {
  const job = coordinated(ledger, by, id);
  const found = committed(job, round, attempt);
  requireRunning(job, now);
  found.outcome = 'Survivors';
}

export function abort(
  ledger: Ledger,
  by: Address,
  id: number,
  round: number,
  attempt: number,
  now: number,
): void {
  const job = jobBy(ledger, id);
  const found = committed(job, round, attempt);
  const free = Math.min(found.since + windows.roundTimeout, job.cutoff);
  if (by !== job.coordinator && now < free) refuse('not-abortable-before');
  found.outcome = 'Aborted';
}

export const attemptBy = ({ attempts }: GhostJob, round: number, attempt: number): GhostAttempt | undefined =>
  attempts.find((other) => other.round === round && other.attempt === attempt);

function committed(job: GhostJob, round: number, attempt: number): GhostAttempt {
  const found = attemptBy(job, round, attempt);
  return found?.outcome === 'Committed' ? found : refuse('not-committed');
}

function coordinated(ledger: Ledger, by: Address, id: number): GhostJob {
  const job = jobBy(ledger, id);
  return by === job.coordinator ? job : refuse('not-coordinator');
}

function requireNext(job: GhostJob, round: number): void {
  const posted = postedOf(job).length;
  if (round > 0 && round <= posted) refuse('already-settled');
  if (round !== posted + 1) refuse('round-out-of-order');
  if (round > job.rounds) refuse('round-beyond-job');
}

function requireRunning(job: GhostJob, now: number): void {
  if (job.state !== 'Active') refuse('wrong-state');
  if (now >= job.cutoff) refuse('past-cutoff');
}
