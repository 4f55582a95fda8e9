/** What the coordinator keeps in its database: jobs, attempts, and the messages beside their states. */
import type { Delivery } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Database, Query, Transaction } from './database.ts';
import { writeChange, type Change, type JobRecord } from './change.ts';
import { nothingTold, type Telling } from './job-events.ts';
import { KnownRows, type Find } from './known-rows.ts';
import {
  changedRecord,
  recordOf,
  selectAttempts,
  selectChanges,
  selectJob,
  type AttemptRecord,
  type AttemptRow,
  type ChangedRow,
} from './state-rows.ts';

export type { Change, JobRecord, KeptMessage } from './change.ts';
export type { Note, Telling } from './job-events.ts';
export type { AttemptRecord } from './state-rows.ts';

/** What a holder opened, as it signed it. */
export type Opening = Readonly<{ holder: number; shares: Uint8Array }>;

/** Where one of a dealer's ciphertexts stands. */
export type Addressed = Readonly<{ dealer: number; place: number }>;

/** A job as its rows have it, with all attempts of its round, ascending. Each change of a job has a version of its own. */
export type StoredJob = Readonly<{ version: number; job: JobRecord; attempts: readonly AttemptRecord[] }>;

/** What can be read while a job is changed. */
export type Reading = Readonly<{
  attempt(id: AttemptId): Promise<AttemptRecord | null>;
  /** All attempts of a round, ascending. */
  attemptsOf(job: number, round: number): Promise<AttemptRecord[]>;
}>;

/** One's turn to change a job: until it is over nobody else changes it. */
export type Turn = Reading &
  Readonly<{
    /** The job where another has changed it since this version; null where it is as it was. */
    newer(version: number): Promise<StoredJob | null>;
    /**
     * On disk when the turn is over, together with what is told of it.
     *
     * @returns the job's new version
     */
    save(change: Change, told?: Telling): Promise<number>;
  }>;

export type Records = Reading &
  Readonly<{
    jobs(): Promise<JobRecord[]>;
    /** The version of each job. */
    versions(): Promise<ReadonlyMap<number, number>>;
    /** A job, where it is not of this version; 0 for any. Null also for one that nobody has begun. */
    load(job: number, known: number): Promise<StoredJob | null>;
    /** As `load`, for who must know what other coordinators did: at no cost where there can be none. */
    refresh(job: number, known: number): Promise<StoredJob | null>;
    /** The bodies of all unmaskings, by ascending member. */
    unmaskings(id: AttemptId): Promise<unknown[]>;
    /** All that these holders opened, by ascending holder. */
    openings(id: AttemptId, holders: readonly number[]): Promise<Opening[]>;
    /** The ciphertexts at these places, by ascending dealer. */
    deliveries(id: AttemptId, wanted: readonly Addressed[]): Promise<Delivery[]>;
    /** Writes a job that is new. @returns whether nobody else had begun it */
    begin(change: Change, told?: Telling): Promise<boolean>;
    /** On disk when it resolves. Of a server, what the work throws undoes what it saved. */
    turn<T>(job: number, work: (turn: Turn) => Promise<T>): Promise<T>;
    /** Makes durable what a failed `save` may have left behind. */
    flush(): Promise<void>;
  }>;

type JobRow = Readonly<Omit<JobRecord, 'job' | 'state'> & { version: number; job_state: JobRecord['state'] }>;

export function openRecords(database: Database): Records {
  const shared = database.engine === 'postgresql';
  const known = new KnownRows();
  const load = async (query: Query, job: number, version: number): Promise<StoredJob | null> => {
    const before = known.at(job, version);
    const stored = before
      ? await loadChanges(query, job, version, before)
      : await loadWhole(query, job, version);
    if (stored) known.are(job, stored.version, statesOf(stored.attempts));
    return stored;
  };
  /** Runs in a transaction whose one write of a job is known once it is committed. */
  const committed = async <T>(
    work: (transaction: Transaction, save: Turn['save']) => Promise<T>,
  ): Promise<T> => {
    const written: Written[] = [];
    const result = await database.commit((transaction) =>
      work(transaction, async (change, told = nothingTold) => {
        const version = await writeChange(transaction, change, told, known);
        written.push({ version, change });
        return version;
      }),
    );
    for (const { version, change } of written) known.are(change.job.job, version, statesOf(change.attempts));
    return result;
  };
  return {
    ...reading(database.query),

    jobs: () => database.query<JobRecord>('select job, state, rounds, round, attempt from jobs order by job'),

    async versions() {
      const rows = await database.query<{ job: number; version: number }>('select job, version from jobs');
      return new Map(rows.map(({ job, version }) => [job, version]));
    },

    load: (job, version) => load(database.query, job, version),

    refresh: async (job, version) => (shared ? load(database.query, job, version) : null),

    async unmaskings({ job, round, attempt }) {
      const sql =
        "select body from messages where job = $1 and round = $2 and attempt = $3 and kind = 'unmasking' order by slot";
      return (await database.query<{ body: unknown }>(sql, [job, round, attempt])).map(({ body }) => body);
    },

    openings: ({ job, round, attempt }, holders) =>
      database.query<Opening>(
        `select holder, shares from openings where job = $1 and round = $2 and attempt = $3 and holder = any($4::int[])
         order by holder`,
        [job, round, attempt, [...holders]],
      ),

    deliveries: ({ job, round, attempt }, wanted) =>
      database.query<Delivery>(
        // `offset 0` keeps it one look-up a place; a planner without statistics would read the whole attempt.
        `select wanted.dealer, found.ciphertext from unnest($4::int[], $5::int[]) as wanted (dealer, place)
         cross join lateral (select ciphertext from ciphertexts where job = $1 and round = $2 and attempt = $3
           and dealer = wanted.dealer and place = wanted.place offset 0) as found
         order by wanted.dealer`,
        [job, round, attempt, wanted.map(({ dealer }) => dealer), wanted.map(({ place }) => place)],
      ),

    begin: (change, told) =>
      committed(async (transaction, save) => {
        const { job, state, rounds, round, attempt } = change.job;
        const begun = await transaction.query(
          `insert into jobs (job, state, rounds, round, attempt, version) values ($1, $2, $3, $4, $5, 0)
           on conflict (job) do nothing returning job`,
          [job, state, rounds, round, attempt],
        );
        if (begun.length === 1) await save(change, told);
        return begun.length === 1;
      }),

    turn(job, work) {
      // Alone, one has the turn in any case, and needs a transaction only to write.
      if (!shared) {
        return work({
          ...reading(database.query),
          newer: () => Promise.resolve(null),
          save: (change, told) => committed((_, save) => save(change, told)),
        });
      }
      return committed(async (transaction, save) => {
        const { query } = transaction;
        const [row] = await query<{ version: number }>('select version from jobs where job = $1 for update', [
          job,
        ]);
        return work({
          ...reading(query),
          newer: async (version) => (row && row.version !== version ? load(query, job, version) : null),
          save,
        });
      });
    },

    flush: () => database.flush(),
  };
}

type Written = Readonly<{ version: number; change: Change }>;

const statesOf = (attempts: readonly AttemptRecord[]) => attempts.map(({ state }) => state);

export const reading = (query: Query): Reading => ({
  async attempt({ job, round, attempt }) {
    // Anyone asks, and by numbers that no round or attempt here can have: they are not there, but none is an error.
    const sql = `${selectAttempts} where job = $1 and round = $2::bigint and attempt = $3::bigint`;
    const [row] = await query<AttemptRow>(sql, [job, round, attempt]);
    return row ? recordOf(row) : null;
  },

  async attemptsOf(job, round) {
    const sql = `${selectAttempts} where job = $1 and round = $2 order by attempt`;
    return (await query<AttemptRow>(sql, [job, round])).map(recordOf);
  },
});

async function loadWhole(query: Query, job: number, version: number): Promise<StoredJob | null> {
  const rows = await query<JobRow & AttemptRow>(selectJob, [job, version]);
  return storedJob(job, rows, rows.map(recordOf));
}

/** What was written since: a message costs a coordinator that did not take it no more than the one that did. */
async function loadChanges(
  query: Query,
  job: number,
  version: number,
  before: Find,
): Promise<StoredJob | null> {
  const rows = await query<JobRow & ChangedRow>(selectChanges, [job, version]);
  const attempts = rows.flatMap((row) => {
    const { round, number } = row;
    const state = before({ job, round, attempt: number });
    return (state && changedRecord(state, row)) ?? [];
  });
  return attempts.length === rows.length ? storedJob(job, rows, attempts) : loadWhole(query, job, version);
}

function storedJob(
  job: number,
  [row]: readonly JobRow[],
  attempts: readonly AttemptRecord[],
): StoredJob | null {
  if (!row) return null;
  const { version, job_state: state, rounds, round, attempt } = row;
  return { version, job: { job, state, rounds, round, attempt }, attempts };
}
