/** How many coordinators there are, looked up now and then: each grants its part of what is granted in a minute. docs/decisions/0032 */
import type { Log } from '../driver/log.ts';
import { poll } from '../driver/poll.ts';

const LOOK_MILLIS = 5_000;

type Counting = Readonly<{
  count: () => Promise<number>;
  signal: AbortSignal;
  log: Log;
  lookMillis?: number;
}>;

/** @returns what is known now; while the database is away, what was known goes on */
export function coordinatorCount({ count, signal, log, lookMillis = LOOK_MILLIS }: Counting): () => number {
  let known = 1;
  const failed = 'how many coordinators there are can not be read now; looking again';
  void poll({ pollMillis: lookMillis, log, signal }, failed, async () => void (known = await count()));
  return () => known;
}
