/** What the coordinator keeps in its database: jobs, attempts, and the messages beside their states. */
import type { Delivery } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Transaction } from '@electric-sql/pglite';
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import type { Database } from './database.ts';

export type JobRecord = Readonly<{
  job: number;
  state: 'active' | 'finished' | 'failed';
  rounds: number;
  /** The attempt that is under way, or was the last. */
  round: number;
  attempt: number;
}>;

export type AttemptRecord = Readonly<{ revision: number; state: Attempt }>;

/** Bodies too large for the state: ciphertexts and revealed shares. */
export type KeptMessage = Readonly<{ kind: 'shares' | 'unmasking'; slot: number; body: object }>;

/** What is written together, or not at all. */
export type Change = Readonly<{
  job: JobRecord;
  attempts: readonly AttemptRecord[];
  /** Of the first of these attempts. */
  message: KeptMessage | null;
}>;

export type Records = Readonly<{
  jobs(): Promise<JobRecord[]>;
  attempt(id: AttemptId): Promise<AttemptRecord | null>;
  /** All attempts of a round, ascending. */
  attemptsOf(job: number, round: number): Promise<AttemptRecord[]>;
  messages(id: AttemptId, kind: KeptMessage['kind']): Promise<unknown[]>;
  /** What each sharer encrypted for one member. */
  deliveries(id: AttemptId, member: number): Promise<Delivery[]>;
  /** On disk when it resolves. */
  save(change: Change): Promise<void>;
  /** Makes durable what a failed `save` may have left behind. */
  flush(): Promise<void>;
}>;

type JobRow = Omit<JobRecord, 'job'> & Readonly<{ job: number | bigint }>;
type AttemptRow = Readonly<{ revision: number | bigint; state: Attempt }>;

export function openRecords(database: Database): Records {
  return {
    jobs: async () =>
      (
        await database.query<JobRow>('select job, state, rounds, round, attempt from jobs order by job', [])
      ).map((row) => ({ ...row, job: Number(row.job) })),

    async attempt({ job, round, attempt }) {
      const sql = 'select revision, state from attempts where job = $1 and round = $2 and attempt = $3';
      const [row] = await database.query<AttemptRow>(sql, [job, round, attempt]);
      return row ? recordOf(row) : null;
    },

    async attemptsOf(job, round) {
      const sql = 'select revision, state from attempts where job = $1 and round = $2 order by attempt';
      return (await database.query<AttemptRow>(sql, [job, round])).map(recordOf);
    },

    async messages({ job, round, attempt }, kind) {
      const sql =
        'select body from messages where job = $1 and round = $2 and attempt = $3 and kind = $4 order by slot';
      return (await database.query<{ body: unknown }>(sql, [job, round, attempt, kind])).map(
        ({ body }) => body,
      );
    },

    deliveries: ({ job, round, attempt }, member) =>
      database.query<Delivery>(
        `select slot as dealer, body->'ciphertexts'->>($4::int) as ciphertext from messages
         where job = $1 and round = $2 and attempt = $3 and kind = 'shares' and slot <> $4 order by slot`,
        [job, round, attempt, member],
      ),

    save: (change) => database.commit((transaction) => write(transaction, change)),

    flush: () => database.flush(),
  };
}

async function write(transaction: Transaction, { job, attempts, message }: Change): Promise<void> {
  await transaction.query(
    `insert into jobs (job, state, rounds, round, attempt) values ($1, $2, $3, $4, $5)
     on conflict (job) do update set state = $2, round = $4, attempt = $5`,
    [job.job, job.state, job.rounds, job.round, job.attempt],
  );
  for (const { revision, state } of attempts) {
    await transaction.query(
      `insert into attempts (job, round, attempt, revision, phase, state) values ($1, $2, $3, $4, $5, $6)
       on conflict (job, round, attempt) do update set revision = $4, phase = $5, state = $6`,
      [...placeOf(state), revision, state.phase, JSON.stringify(state)],
    );
  }
  const [first] = attempts;
  if (message === null || !first) return;
  await transaction.query(
    'insert into messages (job, round, attempt, kind, slot, body) values ($1, $2, $3, $4, $5, $6)',
    [...placeOf(first.state), message.kind, message.slot, JSON.stringify(message.body)],
  );
}

function placeOf(state: Attempt): number[] {
  const { job, round, attempt } = idOf(state);
  return [job, round, attempt];
}

/** States and bodies come back as they were written, keys in another order. */
const recordOf = ({ revision, state }: AttemptRow): AttemptRecord => ({ revision: Number(revision), state });
