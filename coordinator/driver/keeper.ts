/** Keeps what a driver has in memory and what is on disk the same; where a save fails, the disk decides. */
import { TributaryError } from '#crypto/error.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Aborted } from '../round/aborted.ts';
import { idOf } from '../round/base.ts';
import type { AttemptRecord, JobRecord, KeptMessage, Records } from '../store/records.ts';

/** A job's record, its present attempt, and the aborted attempts of the same round, which permit it. */
export type Present = Readonly<{ job: JobRecord; current: AttemptRecord; earlier: readonly Aborted[] }>;

export class Keeper {
  readonly #records: Records;
  #present: Present;
  /** A save failed: what is on disk may be newer than what is here. */
  #doubtful = false;

  constructor(records: Records, present: Present) {
    this.#records = records;
    this.#present = present;
  }

  /** @throws TributaryError `database/damaged` where the job's attempt is gone */
  static async load(records: Records, job: JobRecord): Promise<Keeper> {
    return new Keeper(records, await loadPresent(records, job));
  }

  get present(): Present {
    return this.#present;
  }

  isCurrent({ round, attempt }: AttemptId): boolean {
    return round === this.#present.job.round && attempt === this.#present.job.attempt;
  }

  /** @throws TributaryError `attempt/unknown` */
  async recordOf(id: AttemptId): Promise<AttemptRecord> {
    const record = this.isCurrent(id) ? this.#present.current : await this.#records.attempt(id);
    if (record) return record;
    throw new TributaryError(
      'attempt/unknown',
      `job ${id.job} has no round ${id.round}, attempt ${id.attempt} yet`,
    );
  }

  async earlierThan(id: AttemptId): Promise<readonly Aborted[]> {
    if (this.isCurrent(id)) return this.#present.earlier;
    return abortedBefore(await this.#records.attemptsOf(id.job, id.round), id.attempt);
  }

  /** The new present is on disk, with the message, before it is known. */
  async save(present: Present, message: KeptMessage | null): Promise<void> {
    await this.#trying(() => this.#records.save({ job: present.job, attempts: [present.current], message }));
    this.#present = present;
  }

  /** Saves an ended attempt that changed. The present one counts as changed too, for it shows that one's aborts. */
  async saveEnded(ended: AttemptRecord): Promise<void> {
    const { job, current } = this.#present;
    const touched = { ...current, revision: current.revision + 1 };
    await this.#trying(() => this.#records.save({ job, attempts: [ended, touched], message: null }));
    this.#present = await loadPresent(this.#records, job);
  }

  /** After a failed save: makes durable what did reach the disk, and takes it as the truth. @returns whether it was so */
  async settleDoubt(): Promise<boolean> {
    if (!this.#doubtful) return false;
    await this.#records.flush();
    const job = (await this.#records.jobs()).find((one) => one.job === this.#present.job.job);
    if (job) this.#present = await loadPresent(this.#records, job);
    this.#doubtful = false;
    return true;
  }

  async #trying(save: () => Promise<void>): Promise<void> {
    try {
      await save();
    } catch (error) {
      this.#doubtful = true;
      throw error;
    }
  }
}

async function loadPresent(records: Records, job: JobRecord): Promise<Present> {
  const attempts = await records.attemptsOf(job.job, job.round);
  const current = attempts.find(({ state }) => idOf(state).attempt === job.attempt);
  if (current) return { job, current, earlier: abortedBefore(attempts, job.attempt) };
  throw new TributaryError(
    'database/damaged',
    `job ${job.job} has lost its attempt: restore the coordinator's folder`,
  );
}

const abortedBefore = (attempts: readonly AttemptRecord[], attempt: number): readonly Aborted[] =>
  attempts
    .map(({ state }) => state)
    .filter((state) => state.phase === 'aborted')
    .filter((state) => idOf(state).attempt < attempt);
