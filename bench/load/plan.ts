/** What a load is of, and what came of one run: between the bench and its generator, as JSON. */

/** What a generator prints once its warm-up is over. */
export const WARM = 'warm';

/** One upload: its path, the signed message as the header has it, and whose vector it is. */
export type Upload = Readonly<{ path: string; message: string; member: number }>;

export type Plan = Readonly<{
  url: string;
  clients: number;
  /** Seconds before those that count: in them a fresh process compiles what it runs. */
  warmUp: number;
  seconds: number;
  /** A file: one upload a line, as JSON. */
  uploads: string;
  /** Whether they begin anew when they are through: only a server that keeps no account takes them twice. */
  again: boolean;
  /** A file: the bytes of every vector, but that its first four are its member's index. */
  vector: string;
}>;

export type Outcome = Readonly<{
  /** Accepted ones, answered in the seconds that count. */
  messages: number;
  bytes: number;
  seconds: number;
  /** What else was answered, or why nothing was, from the first second on: the first few, and how many. */
  errors: number;
  firstErrors: readonly string[];
  /** Milliseconds from the first byte sent to the last one answered. */
  p50: number;
  p99: number;
  /** Whether it had nothing left to send before its time was over. */
  ranOut: boolean;
}>;
