/** Where masked inputs and evidence lie: named bytes of attempts, in a folder or in an S3 bucket. protocol.md §4.4, §6.4 */
import type { AttemptId } from '#protocol/job-id.ts';

/** What looks at pieces on their way: what it throws keeps them from their name. */
export type Inspection = Readonly<{
  /** Of each piece, before it is written. */
  push(piece: Uint8Array): void;
  /** After the last one. */
  end(): void;
}>;

/** The blobs of attempts, of one kind. A name is of this program's making: digits, letters, dashes. */
export type AttemptBlobs = Readonly<{
  /** Of which there are any, or may have been; those that are taken away are not among them. */
  attempts(): Promise<AttemptId[]>;
  /** Those that are whole. */
  names(id: AttemptId): Promise<string[]>;
  /** Bytes of all that is whole. */
  bytes(id: AttemptId): Promise<number>;
  /**
   * Whole and durable when it resolves; written again, it is what was written last.
   *
   * @throws TributaryError `storage/full`, `storage/unreachable`, and what the inspection throws; then nothing was kept and the same may be sent later
   */
  write(
    id: AttemptId,
    name: string,
    pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    inspection?: Inspection,
  ): Promise<void>;
  /** Null where there is none. */
  read(id: AttemptId, name: string): Promise<Uint8Array | null>;
  /** Does nothing where there is none. */
  remove(id: AttemptId, name: string): Promise<void>;
  /** Of an expired one, too, that there were any. */
  removeAll(id: AttemptId): Promise<void>;
  /**
   * Deletes what interrupted processes left half-written.
   *
   * @param olderSeconds what is written to is younger than the longest pause of an upload
   */
  removeParts(id: AttemptId, olderSeconds: number): Promise<void>;
  /** Takes an attempt away, all of it at once, and then deletes it; from then on it is known to be expired. */
  expire(id: AttemptId): Promise<void>;
  isExpired(id: AttemptId): Promise<boolean>;
  /** Says of an attempt, of which there are no blobs, that there were some. */
  markExpired(id: AttemptId): Promise<void>;
  expired(): Promise<AttemptId[]>;
  /** Deletes what an `expire` that was cut off has left. */
  finishExpiring(): Promise<void>;
  /** For messages: where a person finds it. */
  where(id: AttemptId, name: string): string;
  /** The file of this machine in which a blob is, for who reads it without a store; null where it is in none. */
  file(id: AttemptId, name: string): string | null;
}>;

export type Blobs = Readonly<{
  inputs: AttemptBlobs;
  evidence: AttemptBlobs;
  /** What they are called wherever they are reached from: drawn once, by whoever is first. */
  name(): Promise<string>;
  /** For messages; without credentials. */
  where: string;
  /** Whether they can be reached now. @throws TributaryError `storage/…` */
  look(): Promise<void>;
  /** Bytes that can still be written; null where nobody can say. */
  free(): Promise<number | null>;
  close(): Promise<void>;
}>;

/** What an attempt is called in a folder or a key. */
export const attemptName = ({ job, round, attempt }: AttemptId): string => `${job}-${round}-${attempt}`;

const NAME = /^(\d+)-(\d+)-(\d+)$/;

/** Null for what is no name of an attempt. */
export function attemptNamed(name: string): AttemptId | null {
  const [, job, round, attempt] = NAME.exec(name) ?? [];
  return attempt === undefined ? null : { job: Number(job), round: Number(round), attempt: Number(attempt) };
}
