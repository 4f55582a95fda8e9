/**
 * Drives one job: takes events one at a time, has every state on disk before it answers, performs effects, and keeps
 * the deadlines. protocol.md §4
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AttemptView, JobView, Phase } from '#protocol/attempt-view.ts';
import { toError } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { AttemptObserver } from '../metrics/rounds.ts';
import { announce } from '../round/announced.ts';
import type { Attempt, AttemptEvent, Effect } from '../round/attempt.ts';
import { idOf, isRefusal, type AttemptRules } from '../round/base.ts';
import { effectsOf } from '../round/effects.ts';
import { transition } from '../round/transition.ts';
import { isNews, viewOf } from '../round/view.ts';
import type { AttemptRecord, JobRecord, KeptMessage, Records } from '../store/records.ts';
import { changes, type Changes } from './changes.ts';
import type { Clock } from './clock.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import { forever, heldLine, type Hold } from './hold.ts';
import { Keeper, type Present } from './keeper.ts';
import { factsOf, type Log } from './log.ts';
import { runEffect, type Performers } from './perform.ts';
import { serialQueue, type Queue } from './queue.ts';

export type DriverParts = Readonly<{
  records: Records;
  performers: Performers;
  clock: Clock;
  hold: Hold | null;
  /** Told the line that a held job prints. */
  onHeld(line: string): void;
  log: Log;
  /** Told of each state that is on disk. */
  observer?: AttemptObserver;
}>;

const STOP_MILLIS = 2_000;

export class JobDriver {
  readonly #parts: DriverParts;
  readonly #keeper: Keeper;
  readonly #queue: Queue = serialQueue();
  readonly #changes: Changes;
  readonly #timer: DeadlineTimer;
  readonly #stop = new AbortController();
  readonly #running = new Map<Effect, Promise<void>>();
  #held = false;

  private constructor(parts: DriverParts, keeper: Keeper) {
    this.#parts = parts;
    this.#keeper = keeper;
    this.#changes = changes(parts.clock);
    this.#timer = new DeadlineTimer(
      parts.clock,
      () => this.submit(idOf(this.#state), { type: 'deadline' }),
      (error) => parts.log.error(factsOf(error), 'a deadline could not be kept; trying again'),
    );
  }

  /** Takes on a job with the first attempt of a round; `begun` resolves when that is on disk. */
  static begin(
    parts: DriverParts,
    rounds: number,
    rules: AttemptRules,
  ): { driver: JobDriver; begun: Promise<void> } {
    const { job, round, attempt } = rules.expected;
    const record: JobRecord = { job, state: 'active', rounds, round, attempt };
    const present = { job: record, current: { revision: 1, state: announce(rules) }, earlier: [] };
    const driver = new JobDriver(parts, new Keeper(parts.records, present));
    return { driver, begun: driver.#queue(() => driver.#enter(null, present, null)) };
  }

  /** Goes on with a job as it is on disk: the same attempt, the same roster, and a phase's time for its members. */
  static async resume(parts: DriverParts, job: JobRecord): Promise<JobDriver> {
    const driver = new JobDriver(parts, await Keeper.load(parts.records, job));
    if (job.state === 'active') await driver.#queue(() => driver.#apply({ type: 'restart' }, null));
    driver.#goOn();
    return driver;
  }

  get view(): JobView {
    const { job, state, round, attempt, rounds } = this.#job;
    return { job, state, round, attempt, rounds };
  }

  get phase(): Phase {
    return this.#state.phase;
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
   * @throws TributaryError the refusal's own code; `attempt/unknown`; `storage/full`
   */
  submit(id: AttemptId, event: AttemptEvent, message: KeptMessage | null = null): Promise<boolean> {
    return this.#queue(async () => {
      if (await this.#keeper.settleDoubt()) this.#goOn();
      if (this.#job.state === 'active') await this.#apply({ type: 'deadline' }, null);
      return this.#keeper.isCurrent(id) ? this.#apply(event, message) : this.#applyToEnded(id, event);
    });
  }

  /** Whether an event would be new to an attempt, before its body is taken in. @throws as `submit` */
  async preview(id: AttemptId, event: AttemptEvent): Promise<boolean> {
    return this.#held ? forever() : this.#follow(await this.#keeper.recordOf(id), event) !== null;
  }

  /** @throws TributaryError `attempt/unknown` */
  async attempt(id: AttemptId): Promise<Attempt> {
    return this.#held ? forever() : (await this.#keeper.recordOf(id)).state;
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
      if (this.#held) return forever();
      const { revision, state } = await this.#keeper.recordOf(id);
      const left = until - clock.now();
      if (after === null || revision > after || left <= 0 || stopped.aborted) {
        return viewOf(state, revision, await this.#keeper.earlierThan(id), seat);
      }
      await this.#changes.next(left, stopped);
    }
  }

  /** Starts nothing more. What is under way gets a moment: it may be cut off, and is done again after a start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#timer.stop();
    if (this.#held) return;
    const moment = delay(STOP_MILLIS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.#running.values()), moment]);
    await this.#queue(async () => undefined);
  }

  get #state(): Attempt {
    return this.#keeper.present.current.state;
  }

  get #job(): JobRecord {
    return this.#keeper.present.job;
  }

  /** The record that follows an event; null where the event changes nothing. */
  #follow({ revision, state }: AttemptRecord, event: AttemptEvent) {
    const step = transition(state, event, this.#parts.clock.now());
    if (isRefusal(step)) throw toError(step.refused);
    // Whoever waits is woken by what it can see, not by each of a thousand messages.
    const news = isNews(state, step.state) ? 1 : 0;
    const record = { revision: revision + news, state: step.state };
    return step.state === state ? null : { record, effects: step.effects };
  }

  async #apply(event: AttemptEvent, message: KeptMessage | null): Promise<boolean> {
    const { present } = this.#keeper;
    const next = this.#follow(present.current, event);
    if (!next) return false;
    const failed = next.record.state.phase === 'failed';
    const job: JobRecord = failed ? { ...present.job, state: 'failed' } : present.job;
    await this.#enter(present.current.state, { ...present, job, current: next.record }, message);
    this.#perform(next.effects);
    return true;
  }

  /** An ended attempt takes repeats, and late aborts: those are news to readers of the present attempt too. */
  async #applyToEnded(id: AttemptId, event: AttemptEvent): Promise<boolean> {
    const next = this.#follow(await this.#keeper.recordOf(id), event);
    if (!next) return false;
    await this.#keeper.saveEnded(next.record);
    this.#changes.announce();
    return true;
  }

  async #enter(before: Attempt | null, present: Present, message: KeptMessage | null): Promise<void> {
    const { state } = present.current;
    await this.#keeper.save(present, message);
    const line = heldLine(this.#parts.hold, before, state);
    if (line !== null) {
      this.#held = true;
      this.#parts.onHeld(line);
      return forever();
    }
    this.#parts.observer?.(before, state);
    if (before?.phase !== state.phase)
      this.#parts.log.info({ ...idOf(state), phase: state.phase }, 'phase begins');
    this.#keepDeadline();
    if (before === null || isNews(before, state)) this.#changes.announce();
  }

  #goOn(): void {
    this.#perform(effectsOf(this.#state));
    this.#keepDeadline();
    this.#changes.announce();
  }

  #keepDeadline(): void {
    if (this.#job.state === 'active') this.#timer.set(this.#state.deadline);
    else this.#timer.clear();
  }

  /** Vectors are swept in any case; nothing else is done for a job that is over. */
  #wants(effect: Effect): boolean {
    return effectsOf(this.#state).includes(effect) && (effect === 'sweep' || this.#job.state === 'active');
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.#running.has(effect)) continue;
      const done = runEffect(effect, {
        performers: this.#parts.performers,
        clock: this.#parts.clock,
        log: this.#parts.log,
        signal: this.#stop.signal,
        rounds: this.#job.rounds,
        state: () => this.#state,
        wanted: () => this.#wants(effect),
        feed: (id, event) => this.submit(id, event),
        begin: (ended, rules) => this.#beginNext(ended, rules),
      });
      this.#running.set(effect, done);
      void done.finally(() => this.#running.delete(effect));
    }
  }

  /** Announces what follows an ended attempt; without rules, nothing does. */
  #beginNext(ended: AttemptId, rules: AttemptRules | null): Promise<void> {
    return this.#queue(async () => {
      if (await this.#keeper.settleDoubt()) this.#goOn();
      const { present } = this.#keeper;
      if (!this.#keeper.isCurrent(ended) || present.job.state !== 'active') return;
      if (rules === null) {
        await this.#keeper.save({ ...present, job: { ...present.job, state: 'finished' } }, null);
        this.#parts.log.info({ job: ended.job, round: ended.round }, 'job finished');
        this.#keepDeadline();
        return this.#changes.announce();
      }
      const { round, attempt } = rules.expected;
      const earlier = await this.#keeper.earlierThan(rules.expected);
      const current = { revision: 1, state: announce(rules) };
      await this.#enter(null, { job: { ...present.job, round, attempt }, current, earlier }, null);
    });
  }
}
