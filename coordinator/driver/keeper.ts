/**
 * Keeps what a driver has in memory and what is on disk the same. What another coordinator wrote is taken up before anything
 * is decided; where a save fails, the disk decides.
 */
import type { AttemptId } from '#protocol/job-id.ts';
import type { Aborted } from '../round/aborted.ts';
import type { AttemptRecord, Reading, Records, StoredJob } from '../store/records.ts';
import type { Next } from './decisions.ts';
import { toldOf } from './told.ts';
import { abortedBefore, attemptLost, isCurrent, presentOf, recordOf, type Present } from './present.ts';

/** Decides on a job as it is now; null: nothing changes. It may run again, on what another has made of the job. */
export type Decide = (present: Present, reading: Reading) => Promise<Next | null>;

export type Step = Readonly<{ from: Present; next: Next }>;

export type KeeperParts = Readonly<{
  records: Records;
  /** Told that another coordinator has changed the job, once that is the present. */
  overtaken(before: Present): void;
}>;

export class Keeper {
  readonly #parts: KeeperParts;
  #present: Present;
  #version: number;
  /** A save failed: what is on disk may be newer than what is here. */
  #doubtful = false;
  #refreshing: Promise<void> | null = null;
  #refreshNext: Promise<void> | null = null;

  private constructor(parts: KeeperParts, present: Present, version: number) {
    this.#parts = parts;
    this.#present = present;
    this.#version = version;
  }

  /** Of a job that is to be begun. */
  static of(parts: KeeperParts, present: Present): Keeper {
    return new Keeper(parts, present, 0);
  }

  static from(parts: KeeperParts, stored: StoredJob): Keeper {
    return new Keeper(parts, presentOf(stored), stored.version);
  }

  /** What is on disk of a job. @throws TributaryError `database/damaged` where its attempt is gone */
  static async stored(records: Records, job: number): Promise<StoredJob> {
    const stored = await records.load(job, 0);
    if (stored) return stored;
    throw attemptLost(job);
  }

  get present(): Present {
    return this.#present;
  }

  get version(): number {
    return this.#version;
  }

  /** @throws TributaryError `attempt/unknown` */
  async recordOf(id: AttemptId): Promise<AttemptRecord> {
    return recordOf(this.#present, this.#parts.records, id);
  }

  async earlierThan(id: AttemptId): Promise<readonly Aborted[]> {
    if (isCurrent(this.#present, id)) return this.#present.earlier;
    return abortedBefore(await this.#parts.records.attemptsOf(id.job, id.round), id.attempt);
  }

  /** Writes the job for the first time. @returns whether nobody else had */
  async begin(): Promise<boolean> {
    const { job, current } = this.#present;
    const told = { events: toldOf(null, { present: this.#present }), note: null };
    const begun = await this.#parts.records.begin({ job, attempts: [current], message: null }, told);
    if (begun) this.#version = 1;
    return begun;
  }

  /** What is decided on is on disk, with its message, before it is the present. @returns the change, if there was one */
  async step(decide: Decide): Promise<Step | null> {
    const { records } = this.#parts;
    const { job } = this.#present.job;
    let saving = false;
    try {
      const done = await records.turn(job, async (turn) => {
        const newer = await turn.newer(this.#version);
        if (newer) this.#take(newer);
        const from = this.#present;
        const next = await decide(from, turn);
        if (!next) return null;
        saving = true;
        const attempts = next.ended ? [next.ended, next.present.current] : [next.present.current];
        const told = { events: toldOf(from, next), note: next.note };
        const version = await turn.save({ job: next.present.job, attempts, message: next.message }, told);
        return { from, next, version };
      });
      if (done) this.#set(done.next.present, done.version);
      return done;
    } catch (error) {
      this.#doubtful ||= saving;
      throw error;
    }
  }

  /** After a failed save: makes durable what did reach the disk, and takes it as the truth. @returns whether it was so */
  async settleDoubt(): Promise<boolean> {
    if (!this.#doubtful) return false;
    await this.#parts.records.flush();
    const stored = await this.#parts.records.load(this.#present.job.job, 0);
    if (stored) {
      this.#present = presentOf(stored);
      this.#version = stored.version;
    }
    this.#doubtful = false;
    return true;
  }

  /** Takes up what other coordinators wrote before this was asked for; who asks during a look shares the next one. */
  refresh(): Promise<void> {
    if (!this.#refreshing) {
      this.#refreshing = this.#look().finally(() => (this.#refreshing = null));
      return this.#refreshing;
    }
    this.#refreshNext ??= this.#refreshing
      .catch(() => undefined)
      .then(() => {
        this.#refreshNext = null;
        return this.refresh();
      });
    return this.#refreshNext;
  }

  async #look(): Promise<void> {
    const newer = await this.#parts.records.refresh(this.#present.job.job, this.#version);
    if (newer) this.#take(newer);
  }

  #take(stored: StoredJob): void {
    const before = this.#present;
    if (this.#set(presentOf(stored), stored.version)) this.#parts.overtaken(before);
  }

  /** Never back: a look that began earlier may end later. */
  #set(present: Present, version: number): boolean {
    if (version <= this.#version) return false;
    this.#present = present;
    this.#version = version;
    return true;
  }
}
