/** Wakes a job at its phase's deadline, and again a little later where the deadline could not be kept. */
import type { Seconds } from '#protocol/units.ts';
import type { Clock } from './clock.ts';

/** Seconds until a deadline is tried again whose state could not be saved. */
const RETRY_SECONDS = 2;

export class DeadlineTimer {
  readonly #clock: Clock;
  readonly #onTime: () => Promise<unknown>;
  readonly #onFailure: (error: unknown) => void;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(clock: Clock, onTime: () => Promise<unknown>, onFailure: (error: unknown) => void) {
    this.#clock = clock;
    this.#onTime = onTime;
    this.#onFailure = onFailure;
  }

  /** One deadline at a time; one that is past wakes nobody: such a phase waits for messages alone. */
  set(deadline: Seconds): void {
    const seconds = deadline - this.#clock.now();
    this.#wait(seconds > 0 ? seconds : null);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  clear(): void {
    this.#wait(null);
  }

  #wait(seconds: number | null): void {
    this.#cancel();
    this.#cancel = () => undefined;
    if (seconds !== null && !this.#stopped)
      this.#cancel = this.#clock.after(seconds, () => void this.#wake());
  }

  async #wake(): Promise<void> {
    try {
      await this.#onTime();
    } catch (error) {
      this.#onFailure(error);
      this.#wait(RETRY_SECONDS);
    }
  }
}
