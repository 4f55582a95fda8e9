/**
 * Drives one job: judges events one after the other, has every state on disk before it answers, performs effects, and keeps
 * the deadlines. Other coordinators may drive the same job on one database: the rows say where it stands. protocol.md §4
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptView, JobView, Phase } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import { announce } from '../round/announced.ts';
import type { Attempt, AttemptEvent, Effect } from '../round/attempt.ts';
import { idOf, type AttemptRules } from '../round/base.ts';
import { effectsOf } from '../round/effects.ts';
import { viewOf } from '../round/view.ts';
import type { AttemptRecord, JobRecord, KeptMessage, Note } from '../store/records.ts';
import type { LookAhead } from '../settlement/overtaken.ts';
import { Arrivals } from './arrivals.ts';
import { changes, type Changes } from './changes.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { afterRestart, beginning, follow, noting } from './decisions.ts';
import type { DriverParts } from './driver-parts.ts';
import { EffectRunner } from './effect-runner.ts';
import { forever, heldLine } from './hold.ts';
import { Keeper, type Decide } from './keeper.ts';
import { factsOf } from './log.ts';
import { endIfOvertaken } from './overtaken.ts';
import type { Present } from './present.ts';
import { serialQueue, type Queue } from './queue.ts';

export type { DriverParts } from './driver-parts.ts';

const STOP_MILLIS = 2_000;

export class JobDriver {
  readonly #parts: DriverParts;
  readonly #keeper: Keeper;
  readonly #queue: Queue = serialQueue();
  readonly #arrivals = new Arrivals();
  /** Of the job: what is read after one is as new. */
  readonly changes: Changes;
  readonly #timer: DeadlineTimer;
  readonly #stop = new AbortController();
  /** Aborts when no more comes of this process. */
  readonly stopping = this.#stop.signal;
  readonly #effects: EffectRunner;
  #held = false;

  private constructor(parts: DriverParts, keeper: (overtaken: (before: Present) => void) => Keeper) {
    this.#parts = parts;
    this.#keeper = keeper((before) => this.#overtaken(before));
    this.changes = changes(parts.clock);
    this.#timer = new DeadlineTimer(
      parts.clock,
      () => this.submit(idOf(this.#state), { type: 'deadline' }),
      (error) => parts.log.error(factsOf(error), 'a deadline could not be kept; trying again'),
    );
    this.#effects = new EffectRunner({
      performers: parts.performers,
      clock: parts.clock,
      log: parts.log,
      stop: this.#stop.signal,
      rounds: this.#job.rounds,
      state: () => this.#state,
      wants: (effect) => this.#wants(effect),
      feed: (id, event) => this.submit(id, event),
      begin: (ended, rules) => this.#beginNext(ended, rules),
    });
  }

  /** Takes on a job with the first attempt of a round. @returns once that is on disk; null where another has begun it */
  static async begin(parts: DriverParts, rounds: number, rules: AttemptRules): Promise<JobDriver | null> {
    const { job, round, attempt } = rules.expected;
    const record: JobRecord = { job, state: 'active', rounds, round, attempt };
    const present = { job: record, current: { revision: 1, state: announce(rules) }, earlier: [] };
    const driver = new JobDriver(parts, (overtaken) =>
      Keeper.of({ records: parts.records, overtaken }, present),
    );
    if (!(await driver.#keeper.begin())) return null;
    driver.#entered(null);
    await parts.duties.want(job, (signal, inherited) => driver.#takeDuty(signal, inherited));
    return driver;
  }

  /**
   * Goes on with a job as it is on disk: the same attempt, the same roster. Whoever takes it up gives its phase the time
   * again, for members may not have reached anyone.
   */
  static async resume(parts: DriverParts, { job }: Pick<JobRecord, 'job'>): Promise<JobDriver> {
    const { records } = parts;
    const stored = await Keeper.stored(records, job);
    const driver = new JobDriver(parts, (overtaken) => Keeper.from({ records, overtaken }, stored));
    driver.#goOn();
    await parts.duties.want(job, (signal) => driver.#takeDuty(signal, true));
    return driver;
  }

  get view(): JobView {
    const { job, state, round, attempt, rounds } = this.#job;
    return { job, state, round, attempt, rounds };
  }

  /** Of the job's rows, as far as this process knows them. */
  get version(): number {
    return this.#keeper.version;
  }

  get phase(): Phase {
    return this.#state.phase;
  }

  /** As this process knows it. */
  get present(): Attempt {
    return this.#state;
  }

  /** Events that wait for a transition, or are in one. */
  get depth(): number {
    return this.#queue.depth();
  }

  /** The last round that this coordinator saw settled; 0 for none. */
  get lastSettled(): number {
    return this.#state.phase === 'settled' ? this.#job.round : this.#job.round - 1;
  }

  /**
   * Feeds an event to an attempt; durable when it resolves.
   *
   * @param message what is kept beside the state if the event is new
   * @returns whether it was new
   * @throws TributaryError the refusal's own code; `attempt/unknown`; `storage/full`, `database/unreachable`
   */
  submit(id: AttemptId, event: AttemptEvent, message: KeptMessage | null = null): Promise<boolean> {
    const done = this.#arrivals.add({ id, event, message });
    const step = (decide: Decide) => this.#step(decide);
    void this.#queue(() => this.#arrivals.take(step, () => this.#parts.clock.now()));
    return done;
  }

  /** Whether an event would be new to an attempt, before its body is taken in. @throws as `submit` */
  async preview(id: AttemptId, event: AttemptEvent): Promise<boolean> {
    return follow(await this.#recordOf(id), event, this.#parts.clock.now()) !== null;
  }

  /** @throws TributaryError `attempt/unknown` */
  async attempt(id: AttemptId): Promise<Attempt> {
    return (await this.#recordOf(id)).state;
  }

  /**
   * @param after with a revision: waits up to so many seconds for a later one
   * @param seat whose view of a sparse attempt is wanted
   * @throws TributaryError `attempt/unknown`
   */
  async attemptView(
    id: AttemptId,
    after: number | null,
    seconds: number,
    signal: AbortSignal,
    seat: number | null = null,
  ): Promise<AttemptView> {
    const { clock } = this.#parts;
    const until = clock.now() + seconds;
    const stopped = AbortSignal.any([signal, this.#stop.signal]);
    for (;;) {
      const seen = this.changes.count();
      const { revision, state } = await this.#recordOf(id);
      const left = until - clock.now();
      if (after === null || revision > after || left <= 0 || stopped.aborted) {
        return viewOf(state, revision, await this.#keeper.earlierThan(id), seat);
      }
      await this.changes.after(seen, left, stopped);
    }
  }

  /** Tells followers what the states don't say, unless that was told before. @throws as `submit` */
  async note(note: Note): Promise<void> {
    await this.#queue(() => this.#step(async (present) => noting(present, note)));
    this.changes.announce();
  }

  /** Takes up what another coordinator has made of the job, and wakes who waits for it. */
  refresh(): Promise<void> {
    return this.#keeper.refresh();
  }

  /** Starts nothing more. What is under way gets a moment: it may be cut off, and is done again after a start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer.stop();
    if (this.#held) return;
    const moment = delay(STOP_MILLIS, undefined, { ref: false });
    await Promise.race([this.#effects.ended(), moment]);
    await this.#queue(async () => undefined);
  }

  get #state(): Attempt {
    return this.#keeper.present.current.state;
  }

  get #job(): JobRecord {
    return this.#keeper.present.job;
  }

  async #recordOf(id: AttemptId): Promise<AttemptRecord> {
    await this.#keeper.refresh();
    return this.#isHeld() ? forever() : this.#keeper.recordOf(id);
  }

  /** One change of the job, and all that follows from it in this process. */
  async #step(decide: Decide): Promise<void> {
    if (this.#isHeld()) return forever();
    if (await this.#keeper.settleDoubt()) this.#goOn();
    const step = await this.#keeper.step(decide);
    if (step) this.#entered(step.from);
    if (this.#isHeld()) return forever();
  }

  #entered(from: Present | null): void {
    const { job, current } = this.#keeper.present;
    const before = from?.current.state ?? null;
    const { state } = current;
    if (this.#stands(before)) return;
    this.#parts.observer?.(before, state);
    if (before?.phase !== state.phase)
      this.#parts.log.info({ ...idOf(state), phase: state.phase }, 'phase begins');
    if (job.state === 'finished') this.#parts.log.info({ job: job.job, round: job.round }, 'job finished');
    const known = before ? effectsOf(before) : [];
    this.#effects.perform(effectsOf(state).filter((effect) => !known.includes(effect)));
    this.#keepDeadline();
    if (from === null || current.revision !== from.current.revision || job.state !== from.job.state)
      this.changes.announce();
  }

  /** Another coordinator has moved the job on. */
  #overtaken(before: Present): void {
    if (!this.#stands(before.current.state)) this.#goOn();
  }

  /** Whether the test hook lets the job stand still, now that its state is another. */
  #stands(before: Attempt | null): boolean {
    const line = this.#held ? null : heldLine(this.#parts.hold, before, this.#state);
    if (line !== null) {
      this.#held = true;
      this.#timer.clear();
      this.#parts.onHeld(line);
    }
    return this.#held;
  }

  #isHeld(): boolean {
    return this.#held;
  }

  async #takeDuty(signal: AbortSignal, inherited: boolean): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#effects.begin(signal);
    signal.addEventListener('abort', () => this.#keepDeadline());
    if (inherited) {
      const { clock } = this.#parts;
      await this.#queue(() => this.#step(async (present) => afterRestart(present, clock.now())));
      const { lookAhead: look } = this.#parts;
      // Nobody waits for the chain; what is to be done does.
      if (look && this.#job.state === 'active') return void this.#goOnUnlessOvertaken(look, signal);
    }
    this.#goOn();
  }

  async #goOnUnlessOvertaken(look: LookAhead, duty: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([duty, this.#stop.signal]);
    const parts = { ...this.#parts, look, signal, state: () => this.#state };
    if (await endIfOvertaken({ ...parts, feed: (id, event) => this.submit(id, event) })) this.#goOn();
  }

  #goOn(): void {
    this.#effects.perform(effectsOf(this.#state));
    this.#keepDeadline();
    this.changes.announce();
  }

  #keepDeadline(): void {
    if (this.#job.state === 'active' && this.#effects.onDuty) this.#timer.set(this.#state.deadline);
    else this.#timer.clear();
  }

  /** Vectors are swept in any case; nothing else is done for a job that is over. */
  #wants(effect: Effect): boolean {
    if (this.#held) return false;
    return effectsOf(this.#state).includes(effect) && (effect === 'sweep' || this.#job.state === 'active');
  }

  async #beginNext(ended: AttemptId, rules: AttemptRules | null): Promise<void> {
    await this.#queue(() => this.#step((present, reading) => beginning(present, ended, rules, reading)));
  }
}
