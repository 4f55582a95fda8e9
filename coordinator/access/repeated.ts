/**
 * Requests that make something, at most once: the same Idempotency-Key with the same body gets the same answer. What is
 * made and the answer are written together. draft-ietf-httpapi-idempotency-key-header-07 §2.6
 */
import { createHash } from 'node:crypto';
import { equalBytes, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import { toSeconds, type Address, type Seconds } from '#protocol/units.ts';
import type { Database, Transaction } from '../store/database.ts';
import type { Sealing } from './sealing.ts';
import { findRepeated, keepRepeated, type Repeatable } from '../store/repeated-rows.ts';

const KEPT_SECONDS = 24 * 3600;

/** An answer, and what it takes to make it true. */
export type Made<Answer> = Readonly<{ answer: Answer; save(transaction: Transaction): Promise<void> }>;

export type Asked = Readonly<{
  subject: Address;
  operation: string;
  /** The Idempotency-Key; undefined: each request is one of its own. */
  key: string | undefined;
  /** As its schema gave it: so two spellings of it are one. */
  body: object;
}>;

/**
 * Makes what was asked for, or repeats the answer to the request that did. A refusal is not kept: nothing was made.
 *
 * @throws TributaryError `request/idempotency-conflict`, `request/idempotency-running`, `storage/full`
 */
export type Once = <Answer>(asked: Asked, make: () => Promise<Made<Answer>>) => Promise<Answer>;

/** An answer may hold what it made, an API key for one: the database has it sealed. */
const NO_NUMBER = 0;

export function onceOnly(
  database: Pick<Database, 'commit' | 'query'>,
  { seal, open }: Sealing,
  now: () => Seconds,
): Once {
  const sealed = (answer: unknown): string =>
    Buffer.from(seal(NO_NUMBER, utf8(JSON.stringify(answer)))).toString('base64');
  const opened = ({ answer }: Repeatable): unknown =>
    // What was written before answers were sealed.
    typeof answer === 'string'
      ? JSON.parse(new TextDecoder().decode(open(NO_NUMBER, Buffer.from(answer, 'base64'))))
      : answer;
  const answerTo = (earlier: Repeatable, asked: Uint8Array): unknown => {
    if (equalBytes(earlier.digest, asked)) return opened(earlier);
    throw new TributaryError('request/idempotency-conflict', 'this key was used with another body');
  };
  const running = new Set<string>();
  return async <Answer>({ subject, operation, key, body }: Asked, make: () => Promise<Made<Answer>>) => {
    if (key === undefined) {
      const { answer, save } = await make();
      await database.commit(save);
      return answer;
    }
    const name = { subject, operation, key };
    const place = JSON.stringify(name);
    if (running.has(place))
      throw new TributaryError('request/idempotency-running', 'the first request with this key still runs');
    running.add(place);
    try {
      const digest = createHash('sha256').update(JSON.stringify(body)).digest();
      // What was answered under this key was answered by the same operation.
      const earlier = await findRepeated(database, name, now());
      if (earlier) return answerTo(earlier, digest) as Answer;
      const made = await make();
      if (await writeTogether(database, { ...name, digest, answer: sealed(made.answer) }, made, now()))
        return made.answer;
      // Another coordinator on the same database was quicker.
      const theirs = await findRepeated(database, name, now());
      if (theirs) return answerTo(theirs, digest) as Answer;
      throw new TributaryError('request/idempotency-running', 'a request with this key has just ended');
    } finally {
      running.delete(place);
    }
  };
}

/** @returns whether nobody was quicker */
async function writeTogether(
  database: Pick<Database, 'commit'>,
  request: Repeatable,
  { save }: Made<unknown>,
  now: Seconds,
): Promise<boolean> {
  let first = false;
  await database.commit(async (transaction) => {
    first = await keepRepeated(transaction, request, now, toSeconds(now + KEPT_SECONDS));
    if (first) await save(transaction);
  });
  return first;
}
