/** What the rows of jobs hold, as far as this process wrote or read it: only what differs is written. */
import { isOf } from './state-rows.ts';
import type { Attempt } from '../round/attempt.ts';
import type { AttemptId } from '#protocol/job-id.ts';

type Known = Readonly<{ version: number; states: readonly Attempt[] }>;

/** A state; null for one that is not known. */
export type Find = (id: AttemptId) => Attempt | null;

const finding =
  (states: readonly Attempt[]): Find =>
  (id) =>
    states.find((state) => isOf(state, id)) ?? null;

export class KnownRows {
  readonly #jobs = new Map<number, Known>();

  /** After a commit, or as they were read. What is older than what is known says nothing new. */
  are(job: number, version: number, states: readonly Attempt[]): void {
    if (version > (this.#jobs.get(job)?.version ?? 0)) this.#jobs.set(job, { version, states });
  }

  /** What a job's rows held at this version, or null. */
  at(job: number, version: number): Find | null {
    const known = this.#jobs.get(job);
    return known?.version === version ? finding(known.states) : null;
  }

  /**
   * What a job's rows hold at this version; they are about to be written over, and until that is known to be on disk,
   * nothing is.
   */
  take(job: number, version: number): Find {
    const found = this.at(job, version);
    this.#jobs.delete(job);
    return found ?? finding([]);
  }
}
