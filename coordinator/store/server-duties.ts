/**
 * One coordinator a job, by the server's own locks: whoever holds a job's advisory lock has the duty. The lock is of one
 * connection that is kept for it, so the server frees it when that connection or its process dies, or says nothing for a
 * while. The same connection hears what other coordinators change.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Duties, TakeDuty } from '../driver/duties.ts';
import type { Log } from '../driver/log.ts';
import { sayOnce, type Say } from '../driver/poll.ts';
import { serialQueue } from '../driver/queue.ts';
import { CHANGES_CHANNEL } from './change.ts';
import { serverError } from './server-connection.ts';

/** What a coordinator hears of the others. */
export type Hears = Readonly<{
  changed(job: number): void;
  /** Something may have changed unheard. */
  missed(): void;
}>;

export type DutyParts = Readonly<{
  connect(): Promise<pg.Client>;
  log: Log;
  /** Between two tries to get what another has, each of which also finds out whether the connection lives. */
  tryMillis: number;
  /** After so long without a try the server takes all back: of a process that stands still, or a machine that is gone. */
  silenceMillis: number;
}>;

export const TRY_MILLIS = 1_000;
export const SILENCE_MILLIS = 10_000;
/** Tries between two looks at everything, for what was not heard. */
const TRIES_A_LOOK = 5;

/** Locks are a database's; a coordinator may have a schema in it to itself. */
const tryLocks = `select job from unnest($1::bigint[]) as wanted (job)
  where pg_try_advisory_lock(hashtextextended('tributary/job/' || current_schema() || '/' || job, 0))`;

type Wanted = { readonly take: TakeDuty; held: AbortController | null; taken: boolean };

export class ServerDuties implements Duties {
  readonly #parts: DutyParts;
  readonly #say: Say;
  readonly #wanted = new Map<number, Wanted>();
  readonly #stop = new AbortController();
  readonly #inOrder = serialQueue();
  #hears: Hears | null = null;
  #client: pg.Client | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(parts: DutyParts) {
    this.#parts = parts;
    this.#say = sayOnce(parts.log);
  }

  has(job: number): boolean {
    return Boolean(this.#wanted.get(job)?.held);
  }

  async want(job: number, take: TakeDuty): Promise<void> {
    this.#wanted.set(job, { take, held: null, taken: false });
    await this.#try(false);
  }

  /** Resolves when there is a connection, or none to be had now; it is looked after until all is stopped. */
  async start(hears: Hears): Promise<void> {
    this.#hears = hears;
    await this.#try(true);
    this.#running = this.#keepTrying(hears);
  }

  /** Frees everything for the others, at once. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#inOrder(async () => this.#lose(this.#client));
  }

  async #keepTrying(hears: Hears): Promise<void> {
    const { signal } = this.#stop;
    for (let tries = 1; !signal.aborted; tries++) {
      await delay(this.#parts.tryMillis, undefined, { signal }).catch(() => undefined);
      await this.#try(true);
      if (tries % TRIES_A_LOOK === 0) hears.missed();
    }
  }

  /** @param inherited whether what is free now may have been another's */
  #try(inherited: boolean): Promise<void> {
    return this.#inOrder(async () => {
      const hears = this.#hears;
      if (hears === null || this.#stop.signal.aborted) return;
      try {
        this.#client ??= await this.#connect(hears);
        await this.#lock(this.#client);
        this.#say.well();
      } catch (error) {
        this.#say.failed(
          {},
          serverError(error),
          'this coordinator performs nothing until the database answers',
        );
        this.#lose(this.#client);
      }
      // None is waited for: one may take as long as a statement of the pool.
      for (const wanted of this.#wanted.values())
        if (wanted.held && !wanted.taken) this.#take(wanted, inherited);
    });
  }

  async #connect(hears: Hears): Promise<pg.Client> {
    const client = await this.#parts.connect();
    client.on('notification', ({ payload }) => hears.changed(Number(payload)));
    client.on('end', () => this.#lose(client));
    client.on('error', () => this.#lose(client));
    try {
      await client.query(`set idle_session_timeout = ${this.#parts.silenceMillis}`);
      await client.query(`listen ${CHANGES_CHANNEL}`);
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    hears.missed();
    return client;
  }

  async #lock(client: pg.Client): Promise<void> {
    const free = [...this.#wanted].flatMap(([job, { held }]) => (held ? [] : [job]));
    // Asked in any case: an answer says that what is held is held still.
    const { rows } = await client.query<{ job: number }>(tryLocks, [free]);
    // Where the connection was lost meanwhile, so was all that it had.
    if (client !== this.#client) return;
    for (const { job } of rows) {
      const wanted = this.#wanted.get(job);
      if (wanted) wanted.held = new AbortController();
    }
  }

  #take(wanted: Wanted, inherited: boolean): void {
    const { held } = wanted;
    if (!held) return;
    wanted.taken = true;
    wanted.take(held.signal, inherited).catch((error: unknown) => {
      this.#say.failed({}, error, 'a job could not be taken up; trying again');
      if (wanted.held === held) wanted.taken = false;
    });
  }

  #lose(client: pg.Client | null): void {
    if (client === null || client !== this.#client) return;
    this.#client = null;
    for (const wanted of this.#wanted.values()) {
      wanted.held?.abort();
      wanted.held = null;
      wanted.taken = false;
    }
    void client.end().catch(() => undefined);
  }
}
