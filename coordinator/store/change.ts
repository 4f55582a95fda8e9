/** One change of a job: what is written together, and that it is told to whoever else serves the database. */
import type { Transaction } from './database.ts';
import { writeEvents, type Telling } from './job-events.ts';
import type { KnownRows } from './known-rows.ts';
import { placeOf, writeAttempt, type AttemptRecord } from './state-rows.ts';

/** Told the number of a job that was changed. */
export const CHANGES_CHANNEL = 'tributary_jobs';

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

/** What is written together, or not at all. */
export type Change = Readonly<{
  job: JobRecord;
  attempts: readonly AttemptRecord[];
  /** Of the first of these attempts. */
  message: KeptMessage | null;
}>;

/** @returns the job's new version */
export async function writeChange(
  transaction: Transaction,
  { job, attempts, message }: Change,
  told: Telling,
  known: KnownRows,
): Promise<number> {
  // Whoever else serves this database is told which job to look at.
  const [row] = await transaction.query<{ version: number }>(
    `with changed as (
       insert into jobs (job, state, rounds, round, attempt) values ($1, $2, $3, $4, $5)
       on conflict (job) do update set state = $2, round = $4, attempt = $5, version = jobs.version + 1
       returning job, version)
     select version, pg_notify('${CHANGES_CHANNEL}', job::text) from changed`,
    [job.job, job.state, job.rounds, job.round, job.attempt],
  );
  const version = row?.version ?? 0;
  const before = known.take(job.job, version - 1);
  for (const record of attempts) {
    await writeAttempt(transaction, version, record, before(record.state.rules.expected));
  }
  const [first] = attempts;
  if (message && first) await writeMessage(transaction, placeOf(first.state), message);
  const rules = attempts.at(-1)?.state.rules;
  if (rules) await writeEvents(transaction, job.job, rules, told);
  return version;
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
