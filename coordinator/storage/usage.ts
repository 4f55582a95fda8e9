/** How many bytes of inputs and evidence each job has. What an attempt that is over left is measured once. */
import type { AttemptId } from '#protocol/job-id.ts';
import { attemptName, type AttemptBlobs } from '../blobs/blobs.ts';
import { fresh } from './fresh.ts';

/** Bytes by job. */
export type Usage = ReadonlyMap<number, number>;

export type UsageParts = Readonly<{
  inputs: Pick<AttemptBlobs, 'attempts' | 'bytes'>;
  evidence: Pick<AttemptBlobs, 'attempts' | 'bytes'>;
  /** Whether nothing is written to an attempt any more. */
  isOver(id: AttemptId): boolean;
  /** Monotonic milliseconds. */
  now?: () => number;
}>;

const FRESH_MILLIS = 2_000;

export function usage({ inputs, evidence, isOver, now }: UsageParts): () => Promise<Usage> {
  let known = new Map<string, number>();

  async function measure(): Promise<Usage> {
    const jobs = new Map<number, number>();
    const add = ({ job }: AttemptId, bytes: number) => void jobs.set(job, (jobs.get(job) ?? 0) + bytes);
    for (const id of await inputs.attempts()) add(id, await inputs.bytes(id));
    const kept = new Map<string, number>();
    for (const id of await evidence.attempts()) {
      const name = attemptName(id);
      // Asked before it is measured: what ends meanwhile is measured again.
      const over = isOver(id);
      const bytes = known.get(name) ?? (await evidence.bytes(id));
      if (over) kept.set(name, bytes);
      add(id, bytes);
    }
    known = kept;
    return jobs;
  }

  // Of a large store it takes its time.
  return fresh(measure, FRESH_MILLIS, now);
}
