/** A job as it is now: its record, its present attempt, and the aborted attempts of the same round, which permit it. */
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Aborted } from '../round/aborted.ts';
import { idOf } from '../round/base.ts';
import type { AttemptRecord, JobRecord, Reading, StoredJob } from '../store/records.ts';

export type Present = Readonly<{ job: JobRecord; current: AttemptRecord; earlier: readonly Aborted[] }>;

export const isCurrent = ({ job }: Present, { round, attempt }: AttemptId): boolean =>
  round === job.round && attempt === job.attempt;

/** @throws TributaryError `database/damaged` where the job's attempt is gone */
export function presentOf({ job, attempts }: StoredJob): Present {
  const current = attempts.find(({ state }) => idOf(state).attempt === job.attempt);
  if (current) return { job, current, earlier: abortedBefore(attempts, job.attempt) };
  throw attemptLost(job.job);
}

/** @throws TributaryError `attempt/unknown` */
export async function recordOf(present: Present, reading: Reading, id: AttemptId): Promise<AttemptRecord> {
  const record = isCurrent(present, id) ? present.current : await reading.attempt(id);
  if (record) return record;
  throw new TributaryError(
    'attempt/unknown',
    `job ${id.job} has no round ${id.round}, attempt ${id.attempt} yet`,
  );
}

export const attemptLost = (job: number): TributaryError =>
  new TributaryError('database/damaged', `job ${job} has lost its attempt: restore the coordinator's folder`);

export const abortedBefore = (attempts: readonly AttemptRecord[], attempt: number): readonly Aborted[] =>
  attempts
    .map(({ state }) => state)
    .filter((state) => state.phase === 'aborted')
    .filter((state) => idOf(state).attempt < attempt);
