/** A buyer's watch of a job that tests can wait for. */
import type { WatchEvent } from '#buyer/watch-events.ts';

/** The buyer's events as they come. */
export class Watch {
  readonly all: WatchEvent[] = [];
  readonly done: Promise<void>;
  readonly #waiting = new Set<() => void>();
  #failure: Error | null = null;

  constructor(events: AsyncIterable<WatchEvent>) {
    this.done = this.#read(events);
    this.done.catch(() => undefined);
  }

  /** @throws what the watch ended with */
  async until(wanted: (event: WatchEvent) => boolean): Promise<WatchEvent> {
    for (;;) {
      const found = this.all.find(wanted);
      if (found) return found;
      if (this.#failure !== null) throw this.#failure;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  async #read(events: AsyncIterable<WatchEvent>): Promise<void> {
    try {
      for await (const event of events) {
        this.all.push(event);
        this.#wake();
      }
      this.#failure = new Error('the watch has ended');
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      this.#wake();
    }
  }
}
