/** The attempts that a database holds, one at a time. */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt } from '../round/attempt.ts';
import type { Query } from '../store/database.ts';
import { reading } from '../store/records.ts';

/** @param phases null for all */
export async function* statesIn(
  query: Query,
  phases: readonly Attempt['phase'][] | null = null,
): AsyncGenerator<Readonly<{ id: AttemptId; state: Attempt }>, void, undefined> {
  const ids = await query<AttemptId>(
    `select job, round, attempt from attempts where $1::text[] is null or phase = any($1::text[])
     order by job, round, attempt`,
    [phases],
  );
  for (const id of ids) {
    const found = await reading(query).attempt(id);
    if (found) yield { id, state: found.state };
  }
}

export type UnderWay = AttemptId & Readonly<{ phase: Attempt['phase'] }>;

/** The present attempts of jobs that go on. */
export const underWay = (query: Query): Promise<UnderWay[]> =>
  query<UnderWay>(
    `select job, round, attempt, phase from jobs join attempts using (job, round, attempt)
     where jobs.state = 'active' order by job`,
  );
