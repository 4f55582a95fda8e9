/** The jobs of this coordinator and their drivers. */
import { TributaryError } from '#crypto/error.ts';
import type { JobView, Phase } from '#protocol/attempt-view.ts';
import type { Attempt } from '../round/attempt.ts';
import { JobDriver, type DriverParts } from '../driver/job-driver.ts';
import { toError, type Flaw } from '#protocol/flaw.ts';
import type { Address } from '#protocol/units.ts';
import type { JobSize, UnderWay } from '../operations/admit.ts';
import type { JobRecord } from '../store/records.ts';

/** Whether one more job is taken on beside so many. */
export type Admit = (job: JobSize, underWay: UnderWay) => Flaw | null;

export class JobList {
  readonly #parts: DriverParts;
  readonly #admit: Admit;
  readonly #drivers = new Map<number, JobDriver>();
  readonly #adding = new Map<number, Promise<void>>();

  constructor(parts: DriverParts, admit: Admit = () => null) {
    this.#parts = parts;
    this.#admit = admit;
  }

  /** Goes on with all jobs on disk. */
  async resume(records: readonly JobRecord[]): Promise<void> {
    for (const { job } of records) await this.#adopt(job);
  }

  has(job: number): boolean {
    return this.#drivers.has(job);
  }

  /**
   * Takes on an active job at its next round, unless the chain says that it has none left.
   *
   * @throws TributaryError `operations/…` where the operator does not want it
   */
  async takeOn(job: number, rounds: number): Promise<void> {
    const rules = await this.#parts.performers.announce({ job, round: 1, attempt: 1 });
    if (rules === null || this.has(job)) return;
    const refused = this.#admit({ rounds, rules }, this.#underWay(rules.buyer));
    if (refused) throw toError(refused);
    await this.#add(
      job,
      async () =>
        (await JobDriver.begin(this.#parts, rounds, rules)) ?? (await JobDriver.resume(this.#parts, { job })),
    );
  }

  /** Another coordinator has changed a job, or begun it. */
  async notice(job: number): Promise<void> {
    const driver = this.#drivers.get(job);
    await (driver ? driver.refresh() : this.#adopt(job));
  }

  /** Takes up what other coordinators did, wherever that was not heard. */
  async reread(): Promise<void> {
    for (const [job, version] of await this.#parts.records.versions())
      if (this.#drivers.get(job)?.version !== version) await this.notice(job);
  }

  #underWay(buyer: Address): UnderWay {
    const active = [...this.#drivers.values()].filter(({ view }) => view.state === 'active');
    return {
      all: active.length,
      ofBuyer: active.filter((driver) => driver.present.rules.buyer === buyer).length,
    };
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

  /** The present attempts of active jobs. */
  states(): Attempt[] {
    return [...this.#drivers.values()]
      .filter(({ view }) => view.state === 'active')
      .map(({ present }) => present);
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

  #adopt(job: number): Promise<void> {
    return this.#add(job, () => JobDriver.resume(this.#parts, { job }));
  }

  /** One driver a job, however often it is found at once. */
  #add(job: number, make: () => Promise<JobDriver>): Promise<void> {
    const adding =
      this.#adding.get(job) ??
      (async () => {
        if (!this.has(job)) this.#drivers.set(job, await make());
      })().finally(() => this.#adding.delete(job));
    this.#adding.set(job, adding);
    return adding;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#drivers.values()].map((driver) => driver.stop()));
  }
}
