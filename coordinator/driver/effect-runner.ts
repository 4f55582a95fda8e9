/** Runs what a job's state asks for, each effect once at a time, and as long as this process has the duty. */
import type { Effect } from '../round/attempt.ts';
import { runEffect, type EffectParts } from './perform.ts';

export type RunnerParts = Omit<EffectParts, 'signal' | 'wanted'> &
  Readonly<{
    wants(effect: Effect): boolean;
    /** Of the process: what is local goes on until then. */
    stop: AbortSignal;
  }>;

export class EffectRunner {
  readonly #parts: RunnerParts;
  readonly #running = new Map<Effect, Promise<void>>();
  #duty: AbortSignal = AbortSignal.abort();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** @param signal aborts when another process performs them */
  begin(signal: AbortSignal): void {
    this.#duty = AbortSignal.any([signal, this.#parts.stop]);
  }

  get onDuty(): boolean {
    return !this.#duty.aborted;
  }

  perform(effects: readonly Effect[]): void {
    for (const effect of effects) {
      // Each process has seals of its own to forget, and files may be deleted twice.
      const signal = effect === 'sweep' ? this.#parts.stop : this.#duty;
      if (signal.aborted || this.#running.has(effect)) continue;
      const done = runEffect(effect, { ...this.#parts, signal, wanted: () => this.#parts.wants(effect) });
      this.#running.set(effect, done);
      void done.finally(() => {
        this.#running.delete(effect);
        // The duty was lost and came back while the effect was still under way.
        if (signal.aborted) this.perform([effect]);
      });
    }
  }

  /** Resolves when all that is under way has ended. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#running.values());
  }
}
