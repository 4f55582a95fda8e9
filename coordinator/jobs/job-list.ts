/** The jobs of this coordinator and their drivers. */
import { TributaryError } from '#crypto/error.ts';
import type { JobView, Phase } from '#protocol/attempt-view.ts';
import { JobDriver, type DriverParts } from '../driver/job-driver.ts';
import type { JobRecord } from '../store/records.ts';

export class JobList {
  readonly #parts: DriverParts;
  readonly #drivers = new Map<number, JobDriver>();

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** Goes on with all jobs on disk. */
  async resume(records: readonly JobRecord[]): Promise<void> {
    for (const record of records) this.#drivers.set(record.job, await JobDriver.resume(this.#parts, record));
  }

  has(job: number): boolean {
    return this.#drivers.has(job);
  }

  /** Takes on an active job at its next round, unless the chain says that it has none left. */
  async takeOn(job: number, rounds: number): Promise<void> {
    const rules = await this.#parts.performers.announce({ job, round: 1, attempt: 1 });
    if (rules === null || this.has(job)) return;
    const { driver, begun } = JobDriver.begin(this.#parts, rounds, rules);
    this.#drivers.set(job, driver);
    try {
      await begun;
    } catch (error) {
      this.#drivers.delete(job);
      throw error;
    }
  }

  list(): JobView[] {
    return [...this.#drivers.values()].map((driver) => driver.view);
  }

  /** Of each active job's present attempt. */
  phases(): Phase[] {
    return [...this.#drivers.values()]
      .filter(({ view }) => view.state === 'active')
      .map(({ phase }) => phase);
  }

  /** Events that wait for a transition, or are in one, of all jobs. */
  depth(): number {
    return [...this.#drivers.values()].reduce((sum, driver) => sum + driver.depth, 0);
  }

  /** Each job with the last round that was settled, whether the job goes on or not. */
  settled(): { job: number; last: number }[] {
    return [...this.#drivers].map(([job, driver]) => ({ job, last: driver.lastSettled }));
  }

  /** @throws TributaryError `job/unknown` */
  driver(job: number): JobDriver {
    const driver = this.#drivers.get(job);
    if (driver) return driver;
    throw new TributaryError('job/unknown', `job ${job} is not one of this coordinator's, or not active yet`);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#drivers.values()].map((driver) => driver.stop()));
  }
}
