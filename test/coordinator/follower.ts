/** Follows a job's events at one coordinator and keeps what came. */
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import type { JobEvent } from '#protocol/job-events.ts';

export class Follower {
  readonly #seen: JobEvent[] = [];
  readonly #ends = new AbortController();
  readonly #waiting = new Set<() => void>();

  /** @param after the id of the last event that somebody has */
  constructor(api: CoordinatorApi, job: number, after: string | null) {
    void this.#follow(api, job, after);
  }

  /** What came up to such an event, itself included. */
  async until(wanted: (event: JobEvent) => boolean): Promise<JobEvent[]> {
    for (;;) {
      const at = this.#seen.findIndex(wanted);
      if (at >= 0) return this.#seen.slice(0, at + 1);
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  stop(): JobEvent[] {
    this.#ends.abort();
    return this.#seen;
  }

  async #follow(api: CoordinatorApi, job: number, after: string | null): Promise<void> {
    const { signal } = this.#ends;
    for await (const event of api.events(job, { signal, ...(after !== null && { after }) })) {
      this.#seen.push(event);
      for (const wake of this.#waiting) wake();
      this.#waiting.clear();
    }
  }
}
