/** What the coordinator keeps in its database: jobs, attempts, and the messages beside their states. */
import type { Transaction } from '@electric-sql/pglite';
import type { Delivery } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt } from '../round/attempt.ts';
import type { Database } from './database.ts';
import {
  isOf,
  placeOf,
  recordOf,
  selectAttempts,
  writeAttempt,
  type AttemptRecord,
  type AttemptRow,
} from './state-rows.ts';

export type { AttemptRecord } from './state-rows.ts';

export type JobRecord = Readonly<{
  job: number;
  state: 'active' | 'finished' | 'failed';
  rounds: number;
  /** The attempt that is under way, or was the last. */
  round: number;
  attempt: number;
}>;

/** What the state does not hold: a dealer's ciphertexts, by place among its holders, and a holder's revealed shares. */
export type KeptMessage =
  | Readonly<{ kind: 'ciphertexts'; slot: number; texts: readonly string[] }>
  | Readonly<{
      kind: 'unmasking';
      slot: number;
      /** What restores secrets. */
      body: object;
      /** All that the member signed the hash of (§4.6): read only to prove a fault. */
      opened: Uint8Array;
    }>;

/** What a holder opened, as it signed it. */
export type Opening = Readonly<{ holder: number; shares: Uint8Array }>;

/** Where one of a dealer's ciphertexts stands. */
export type Addressed = Readonly<{ dealer: number; place: number }>;

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
  /** The bodies of all unmaskings, by ascending member. */
  unmaskings(id: AttemptId): Promise<unknown[]>;
  /** All that these holders opened, by ascending holder. */
  openings(id: AttemptId, holders: readonly number[]): Promise<Opening[]>;
  /** The ciphertexts at these places, by ascending dealer. */
  deliveries(id: AttemptId, wanted: readonly Addressed[]): Promise<Delivery[]>;
  /** On disk when it resolves. */
  save(change: Change): Promise<void>;
  /** Makes durable what a failed `save` may have left behind. */
  flush(): Promise<void>;
}>;

type JobRow = Omit<JobRecord, 'job'> & Readonly<{ job: number | bigint }>;

export function openRecords(database: Database): Records {
  /** By job: the states that the last save left in the rows. */
  const written = new Map<number, readonly Attempt[]>();
  return {
    jobs: async () =>
      (
        await database.query<JobRow>('select job, state, rounds, round, attempt from jobs order by job', [])
      ).map((row) => ({ ...row, job: Number(row.job) })),

    async attempt({ job, round, attempt }) {
      const sql = `${selectAttempts} where job = $1 and round = $2 and attempt = $3`;
      const [row] = await database.query<AttemptRow>(sql, [job, round, attempt]);
      return row ? recordOf(row) : null;
    },

    async attemptsOf(job, round) {
      const sql = `${selectAttempts} where job = $1 and round = $2 order by attempt`;
      return (await database.query<AttemptRow>(sql, [job, round])).map(recordOf);
    },

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

    async save(change) {
      const { job } = change.job;
      const before = written.get(job) ?? [];
      // Until it is known to be on disk, nothing is.
      written.delete(job);
      await database.commit((transaction) => write(transaction, change, before));
      written.set(
        job,
        change.attempts.map(({ state }) => state),
      );
    },

    flush: () => database.flush(),
  };
}

async function write(
  transaction: Transaction,
  { job, attempts, message }: Change,
  before: readonly Attempt[],
): Promise<void> {
  await transaction.query(
    `insert into jobs (job, state, rounds, round, attempt) values ($1, $2, $3, $4, $5)
     on conflict (job) do update set state = $2, round = $4, attempt = $5`,
    [job.job, job.state, job.rounds, job.round, job.attempt],
  );
  for (const record of attempts) {
    const known = before.find((state) => isOf(state, record.state.rules.expected)) ?? null;
    await writeAttempt(transaction, record, known);
  }
  const [first] = attempts;
  if (message && first) await writeMessage(transaction, placeOf(first.state), message);
}

async function writeMessage(
  transaction: Transaction,
  place: readonly number[],
  message: KeptMessage,
): Promise<void> {
  if (message.kind === 'ciphertexts') {
    await transaction.query(
      `insert into ciphertexts (job, round, attempt, dealer, place, ciphertext)
       select $1, $2, $3, $4, number - 1, text from unnest($5::text[]) with ordinality as dealt (text, number)`,
      [...place, message.slot, message.texts],
    );
    return;
  }
  await transaction.query(
    'insert into messages (job, round, attempt, kind, slot, body) values ($1, $2, $3, $4, $5, $6)',
    [...place, message.kind, message.slot, JSON.stringify(message.body)],
  );
  await transaction.query(
    'insert into openings (job, round, attempt, holder, shares) values ($1, $2, $3, $4, $5)',
    [...place, message.slot, message.opened],
  );
}
