/**
 * A job's events in rows, written with the change that they tell of. Whoever changes a job holds its row, so numbers follow
 * upon each other in the order of the commits: a reader that has one has all before it. docs/api.md
 */
import { eventId, keptEvent, type EventPlace, type KeptEvent, type Told } from '#protocol/job-events.ts';
import type { AttemptRules } from '../round/base.ts';
import type { Database, Transaction } from './database.ts';
import { queueDeliveries } from './delivery-rows.ts';

/** Told once under its name, whoever finds it out and how often. */
export type Note = Readonly<{ name: string; event: Told }>;
export type Telling = Readonly<{ events: readonly Told[]; note: Note | null }>;

export const nothingTold: Telling = { events: [], note: null };

/** Of a job; older ones go. An uneventful round has about ten. */
export const KEPT_EVENTS = 2_000;

export type NumberedEvent = Readonly<{ number: number; event: KeptEvent }>;

export type EventRows = Readonly<{
  /** The last event of a job; number 0 where there is none yet. Null for a job that is not here. */
  last(job: number): Promise<EventPlace | null>;
  /** Those after a number, ascending, so many at most. Where older ones are gone the first is not the next number. */
  after(job: number, number: number, limit: number): Promise<NumberedEvent[]>;
}>;

export const openEventRows = ({ query }: Pick<Database, 'query'>): EventRows => ({
  async last(job) {
    const sql = 'select event_stream as stream, last_event as number from jobs where job = $1';
    return (await query<EventPlace>(sql, [job]))[0] ?? null;
  },

  async after(job, number, limit) {
    const sql = 'select number, body from job_events where job = $1 and number > $2 order by number limit $3';
    const rows = await query<Readonly<{ number: number; body: unknown }>>(sql, [job, number, limit]);
    return rows.map((row) => ({ number: row.number, event: keptEvent.parse(row.body) }));
  },
});

/** Writes what is told of a job's change, and puts it in line for the webhooks of those whom it concerns. */
export async function writeEvents(
  transaction: Transaction,
  job: number,
  rules: AttemptRules,
  { events, note }: Telling,
): Promise<void> {
  const { query } = transaction;
  const fresh = note !== null && !(await isNoted(transaction, job, note)) ? note : null;
  const told = [...events, ...(fresh ? [fresh.event] : [])];
  if (told.length === 0) return;
  const [place] = await query<EventPlace & Readonly<{ at: number; followed: boolean }>>(
    `update jobs set last_event = last_event + $2 where job = $1
     returning event_stream as stream, last_event as number,
       floor(extract(epoch from clock_timestamp()))::float8 as at, exists (select from webhooks) as followed`,
    [job, told.length],
  );
  if (!place) return;
  const { stream, number: last, at } = place;
  const written = told.map((event, index) => {
    const number = last - told.length + 1 + index;
    return { number, event: keptEvent.parse({ id: eventId({ stream, number }), ...event, at }) };
  });
  await query(
    `insert into job_events (job, number, body, note)
     select $1, (told->>'number')::bigint, told->'event', case when (told->>'number')::bigint = $3 then $4::text end
     from jsonb_array_elements($2::jsonb) as told`,
    [job, JSON.stringify(written), last, fresh?.name ?? null],
  );
  await query('delete from job_events where job = $1 and number <= $2', [job, last - KEPT_EVENTS]);
  if (place.followed)
    await queueDeliveries(
      transaction,
      job,
      partiesOf(rules),
      written.map(({ event }) => event),
    );
}

async function isNoted({ query }: Transaction, job: number, { name }: Note): Promise<boolean> {
  const rows = await query('select number from job_events where job = $1 and note = $2', [job, name]);
  return rows.length > 0;
}

/** Whose job it is: the buyer's, the owners' of its seats, and the readers' by its terms. */
export const partiesOf = ({ buyer, seats, evidence }: Pick<AttemptRules, 'buyer' | 'seats' | 'evidence'>) => [
  ...new Set([buyer, ...seats.map(({ owner }) => owner), ...evidence.readers]),
];
