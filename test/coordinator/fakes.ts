/** A clock that a test moves, records in memory that a test lets fail, and performers that do what a test says. */
import type { Clock } from '#coordinator/driver/clock.ts';
import { soleDuties } from '#coordinator/driver/duties.ts';
import type { DriverParts } from '#coordinator/driver/job-driver.ts';
import type { Log } from '#coordinator/driver/log.ts';
import type { Performers } from '#coordinator/driver/perform.ts';
import { idOf } from '#coordinator/round/base.ts';
import type {
  AttemptRecord,
  Change,
  JobRecord,
  KeptMessage,
  Records,
  StoredJob,
} from '#coordinator/store/records.ts';
import {
  nothingTold,
  type EventRows,
  type NumberedEvent,
  type Telling,
} from '#coordinator/store/job-events.ts';
import { eventId, keptEvent } from '#protocol/job-events.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { toSeconds, type Hex, type Seconds } from '#protocol/units.ts';
import { START } from './fixtures.ts';

export type ManualClock = Clock &
  Readonly<{ advance(seconds: number): Promise<void>; set(now: Seconds): void; timers(): number }>;

export function manualClock(start: Seconds = START): ManualClock {
  let now: number = start;
  const due = new Map<() => void, number>();
  return {
    now: () => toSeconds(now),
    after(seconds, run) {
      const entry = () => run();
      due.set(entry, now + seconds);
      return () => void due.delete(entry);
    },
    /** Moves time without telling anyone, as a timer that is late. */
    set: (to) => void (now = to),
    timers: () => due.size,
    async advance(seconds) {
      now += seconds;
      for (const [run, at] of [...due]) {
        if (at > now) continue;
        due.delete(run);
        run();
      }
      await settle();
    },
  };
}

/** Lets everything that is not waiting for time go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

export type MemoryRecords = Records &
  Readonly<{
    /** The next save fails: before it wrote anything, or after it had. */
    failNext(error: Error, when: 'before' | 'after'): void;
    /** Saves wait until the returned function is called. */
    block(): () => void;
    flushes(): number;
    saved(id: AttemptId): AttemptRecord | undefined;
    /** What was told, as it would be read from rows. */
    events: EventRows;
  }>;

const STREAM = 'ab'.repeat(6);
const keyOf = ({ job, round, attempt }: AttemptId) => `${job}/${round}/${attempt}`;
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function memoryRecords(): MemoryRecords {
  const jobs = new Map<number, JobRecord>();
  const versions = new Map<number, number>();
  const attempts = new Map<string, AttemptRecord>();
  const messages: (KeptMessage & { key: string })[] = [];
  let failure: { error: Error; when: 'before' | 'after' } | null = null;
  let gate: Promise<void> = Promise.resolve();
  let flushes = 0;

  function write({ job, attempts: changed, message }: Change): void {
    jobs.set(job.job, copy(job));
    versions.set(job.job, (versions.get(job.job) ?? 0) + 1);
    for (const record of changed) attempts.set(keyOf(idOf(record.state)), copy(record));
    const [first] = changed;
    // Bytes are no JSON: the rest of a message is.
    const bytes = message?.kind === 'unmasking' ? { opened: message.opened.slice() } : {};
    if (message && first) messages.push({ ...copy(message), ...bytes, key: keyOf(idOf(first.state)) });
  }

  const told: NumberedEvent[] = [];
  function tell(job: number, { events, note }: Telling): void {
    for (const event of [...events, ...(note ? [note.event] : [])]) {
      const number = told.filter((one) => one.event.job === job).length + 1;
      const id = eventId({ stream: STREAM, number });
      told.push({ number, event: keptEvent.parse({ id, ...copy(event), at: START }) });
    }
  }

  async function save(change: Change, telling = nothingTold): Promise<number> {
    await gate;
    const failing = failure;
    failure = null;
    if (failing?.when !== 'before') {
      write(change);
      tell(change.job.job, telling);
    }
    if (failing) throw failing.error;
    return versions.get(change.job.job) ?? 0;
  }

  const attempt: Records['attempt'] = async (id) => copy(attempts.get(keyOf(id)) ?? null);
  const attemptsOf: Records['attemptsOf'] = async (job, round) =>
    [...attempts.values()]
      .filter(({ state }) => idOf(state).job === job && idOf(state).round === round)
      .sort((a, b) => idOf(a.state).attempt - idOf(b.state).attempt)
      .map(copy);
  async function stored(job: number): Promise<StoredJob | null> {
    const record = jobs.get(job);
    const version = versions.get(job) ?? 0;
    return record ? { version, job: copy(record), attempts: await attemptsOf(job, record.round) } : null;
  }

  return {
    failNext: (error, when) => void (failure = { error, when }),
    block() {
      let open: () => void = () => undefined;
      gate = new Promise((resolve) => (open = resolve));
      return open;
    },
    flushes: () => flushes,
    saved: (id) => attempts.get(keyOf(id)),
    jobs: async () => [...jobs.values()].map(copy),
    attempt,
    attemptsOf,
    unmaskings: async (id) =>
      messages
        .filter((message) => message.key === keyOf(id))
        .sort((a, b) => a.slot - b.slot)
        .flatMap((message) => (message.kind === 'unmasking' ? [copy(message.body)] : [])),
    openings: async (id, holders) =>
      messages
        .filter((message) => message.key === keyOf(id) && holders.includes(message.slot))
        .sort((a, b) => a.slot - b.slot)
        .flatMap((message) =>
          message.kind === 'unmasking' ? [{ holder: message.slot, shares: message.opened }] : [],
        ),
    deliveries: async (id, wanted) =>
      wanted.flatMap(({ dealer, place }) =>
        messages
          .filter((message) => message.key === keyOf(id) && message.slot === dealer)
          .flatMap((message) => (message.kind === 'ciphertexts' ? [message.texts[place]] : []))
          .map((ciphertext) => ({ dealer, ciphertext: (ciphertext ?? '0x') as Hex })),
      ),
    versions: async () => new Map(versions),
    load: async (job) => stored(job),
    refresh: () => Promise.resolve(null),
    async begin(change, telling) {
      if (jobs.has(change.job.job)) return false;
      await save(change, telling);
      return true;
    },
    turn: (_job, work) => work({ attempt, attemptsOf, newer: () => Promise.resolve(null), save }),
    flush: async () => void (flushes += 1),
    events: {
      last: async (job) =>
        jobs.has(job)
          ? { stream: STREAM, number: told.filter(({ event }) => event.job === job).length }
          : null,
      after: async (job, after, limit) =>
        told.filter(({ number, event }) => event.job === job && number > after).slice(0, limit),
    },
  };
}

export type Line = Readonly<{ level: string; facts: object; message: string }>;

export function memoryLog(): Log & Readonly<{ lines: Line[] }> {
  const lines: Line[] = [];
  const at = (level: string) => (facts: object, message: string) =>
    void lines.push({ level, facts, message });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

/** Performers that never finish, unless a test gives them something to do. */
export const performers = (given: Partial<Performers> = {}): Performers => ({
  sweep: () => Promise.resolve(),
  commitRoster: () => new Promise(() => undefined),
  fixSurvivors: () => new Promise(() => undefined),
  abortOnChain: () => new Promise(() => undefined),
  aggregate: () => new Promise(() => undefined),
  settle: () => new Promise(() => undefined),
  announce: () => new Promise(() => undefined),
  ...given,
});

export function driverParts(changes: Partial<DriverParts> = {}) {
  const held: string[] = [];
  const clock = manualClock();
  const records = memoryRecords();
  const log = memoryLog();
  const parts: DriverParts = {
    records,
    performers: performers(),
    duties: soleDuties,
    clock,
    hold: null,
    onHeld: (line) => void held.push(line),
    log,
    ...changes,
  };
  return { parts, clock, records, log, held };
}
