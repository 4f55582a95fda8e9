/** What is counted when somebody asks: jobs, their phases, their queues, the database. */
import { phases, type JobView, type Phase } from '#protocol/attempt-view.ts';
import type { Gate } from '../gate/gate.ts';
import type { Room } from '../storage/room.ts';
import type { Database } from '../store/database.ts';
import type { Series, Source } from './series.ts';

export type Jobs = Readonly<{
  list(): JobView[];
  /** Of each active job's present attempt. */
  phases(): Phase[];
  /** Events that wait for a transition, or are in one, of all jobs. */
  depth(): number;
}>;

const states: readonly JobView['state'][] = ['active', 'finished', 'failed'];

export const jobsSource =
  (jobs: Jobs, series: Pick<Series, 'jobs' | 'present' | 'queue'>): Source =>
  () => {
    const [listed, present] = [jobs.list(), jobs.phases()];
    for (const state of states)
      series.jobs.set({ state }, listed.filter((job) => job.state === state).length);
    for (const phase of phases) series.present.set({ phase }, present.filter((one) => one === phase).length);
    series.queue.set(jobs.depth());
  };

export const gateSource =
  (gate: Pick<Gate, 'isClosed'>, series: Pick<Series, 'breaker'>): Source =>
  () =>
    series.breaker.set(gate.isClosed() ? 0 : 1);

export const storageSource =
  (room: Pick<Room, 'figures'>, series: Pick<Series, 'storage'>): Source =>
  async () => {
    const { free, kept, reserved } = await room.figures();
    // Of a bucket nobody can say what is free.
    if (free !== null) series.storage.set({ what: 'free' }, free);
    series.storage.set({ what: 'kept' }, kept);
    series.storage.set({ what: 'reserved' }, reserved);
  };

/** https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-DBSIZE */
export const databaseSource =
  (database: Pick<Database, 'query'>, series: Pick<Series, 'database'>): Source =>
  async () => {
    const sql = 'select pg_database_size(current_database()) as bytes';
    const [row] = await database.query<{ bytes: unknown }>(sql, []);
    series.database.set(Number(row?.bytes));
  };
