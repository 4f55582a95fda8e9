/** Attempts in rows: a message costs what it holds itself, not what the whole cohort sent before. */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Attempt } from '../round/attempt.ts';
import { idOf } from '../round/base.ts';
import { shareTexts } from '../shared-texts.ts';
import type { Transaction } from './database.ts';

export type AttemptRecord = Readonly<{ revision: number; state: Attempt }>;

/** What members send, one entry a member or seat: rows of their own, in the order of their slots. */
const lists = [
  'enrolments',
  'shares',
  'receipts',
  'inputs',
  'confirmations',
  'aborts',
  'unmaskings',
  'attestations',
  'refusals',
] as const;
type List = (typeof lists)[number];

type Entry = Readonly<{
  seat?: number;
  message?: Readonly<{ member?: number; seat?: number }>;
}>;
type Lists = Readonly<Partial<Record<List, readonly Entry[]>>>;

/** One row with all of an attempt; `state` has its lists empty and lacks its rules. */
export type AttemptRow = Readonly<{
  revision: number;
  rules: object;
  state: object;
  lists: Lists;
}>;

const columns = `revision, rules, attempts.state, coalesce(
    (select jsonb_object_agg(list, bodies) from
      (select list, jsonb_agg(body order by slot) as bodies from entries
       where (job, round, attempt) = (attempts.job, attempts.round, attempts.attempt) group by list) as whole),
    '{}') as lists`;

export const selectAttempts = `select ${columns} from attempts`;

const job = 'jobs.version, jobs.state as job_state, jobs.rounds, jobs.round, jobs.attempt';
const present =
  'from jobs join attempts using (job, round) where job = $1 and jobs.version <> $2 order by attempts.attempt';

/** A job with the attempts of its round, in one look, unless the job is of this version still. */
export const selectJob = `select ${job}, ${columns} ${present}`;

/** The same, with only those entries that were written after this version. */
export const selectChanges = `
  select ${job}, attempts.attempt as number, revision, attempts.state, coalesce(
    (select jsonb_object_agg(list, jsonb_build_object('number', number, 'newer', newer)) from
      (select list, count(*) as number,
         coalesce(jsonb_agg(body order by slot) filter (where entries.version > $2), '[]') as newer from entries
       where (job, round, attempt) = (attempts.job, attempts.round, attempts.attempt) group by list) as whole),
    '{}') as changes
  ${present}`;

export type ChangedRow = Readonly<{
  /** Which attempt it is; the job's own columns name the present one. */
  number: number;
  revision: number;
  state: object;
  changes: Readonly<Partial<Record<List, Readonly<{ number: number; newer: readonly Entry[] }>>>>;
}>;

/**
 * What an attempt has become. What was not written since is the same object as before, and so is all that is kept for it.
 *
 * @returns null where something went that was there: then all of it is to be read
 */
export function changedRecord(
  before: Attempt,
  { revision, state, changes }: ChangedRow,
): AttemptRecord | null {
  const old = listsOf(before);
  const now: Partial<Record<List, readonly Entry[]>> = {};
  for (const list of Object.keys(listsOf(state)) as List[]) {
    const { number, newer } = changes[list] ?? { number: 0, newer: [] };
    const entries = withNewer(old[list] ?? [], shareTexts(newer));
    if (entries.length !== number) return null;
    now[list] = entries;
  }
  return { revision, state: { ...state, rules: before.rules, ...now } as Attempt };
}

function withNewer(old: readonly Entry[], newer: readonly Entry[]): readonly Entry[] {
  if (newer.length === 0) return old;
  const slots = new Map([...old, ...newer].map((entry) => [slotOf(entry), entry]));
  return [...slots].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}

/** States come back as they were written, keys in another order. */
export function recordOf({ revision, rules, state, lists: entries }: AttemptRow): AttemptRecord {
  return { revision, state: shareTexts({ ...state, rules, ...entries }) as Attempt };
}

/**
 * Writes an attempt.
 *
 * @param version of the job, with this change
 * @param before the state that is in the rows, whose entries that are the same objects are left alone; null: not known
 */
export async function writeAttempt(
  transaction: Transaction,
  version: number,
  { revision, state }: AttemptRecord,
  before: Attempt | null,
): Promise<void> {
  const { rules, ...rest } = state;
  const [now, old] = [listsOf(state), before && listsOf(before)];
  const small = { ...rest, ...Object.fromEntries(Object.keys(now).map((list) => [list, []])) };
  const present = [...placeOf(state), revision, state.phase, JSON.stringify(small)];
  if (before) {
    await transaction.query(
      'update attempts set revision = $4, phase = $5, state = $6 where job = $1 and round = $2 and attempt = $3',
      present,
    );
  } else {
    await transaction.query(
      `insert into attempts (job, round, attempt, revision, phase, state, rules) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (job, round, attempt) do update set revision = $4, phase = $5, state = $6`,
      [...present, JSON.stringify(rules)],
    );
  }
  for (const list of lists) {
    await writeList(transaction, version, state, list, now[list] ?? [], old && (old[list] ?? []));
  }
}

export function placeOf(state: Attempt): number[] {
  const { job, round, attempt } = idOf(state);
  return [job, round, attempt];
}

export const isOf = (state: Attempt, { job, round, attempt }: AttemptId): boolean =>
  placeOf(state).join() === [job, round, attempt].join();

async function writeList(
  transaction: Transaction,
  version: number,
  state: Attempt,
  list: List,
  now: readonly Entry[],
  old: readonly Entry[] | null,
): Promise<void> {
  if (now === old) return;
  const place = [...placeOf(state), list];
  const kept = new Set(now);
  const gone = old?.filter((entry) => !kept.has(entry)).map(slotOf);
  if (!gone || gone.length > 0) {
    await transaction.query(
      `delete from entries where job = $1 and round = $2 and attempt = $3 and list = $4
       and ($5::int[] is null or slot = any($5::int[]))`,
      [...place, gone ?? null],
    );
  }
  const known = new Set(old);
  const fresh = now.filter((entry) => !known.has(entry));
  if (fresh.length === 0) return;
  await transaction.query(
    `insert into entries (job, round, attempt, list, slot, body, version)
     select $1, $2, $3, $4, (entry->>'slot')::int, entry->'body', $6 from jsonb_array_elements($5::jsonb) as entry`,
    [...place, JSON.stringify(fresh.map((body) => ({ slot: slotOf(body), body }))), version],
  );
}

function listsOf(state: object): Lists {
  return Object.fromEntries(Object.entries(state).filter(([key]) => lists.includes(key as List)));
}

function slotOf({ message, seat }: Entry): number {
  const slot = message?.member ?? message?.seat ?? seat;
  if (slot === undefined) throw new TypeError('an entry names neither a member nor a seat');
  return slot;
}
