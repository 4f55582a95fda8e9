/** Delivers what is due to webhooks: at least once each, few at a time, one at a time to each. docs/api.md */
import { setTimeout as delay } from 'node:timers/promises';
import { toSeconds } from '#protocol/units.ts';
import type { Clock } from '../driver/clock.ts';
import type { Log } from '../driver/log.ts';
import type { DeliveryRows, Due } from '../store/delivery-rows.ts';
import { post, type Message, type Outcome, type Posting } from './post.ts';
import { nextTry } from './schedule.ts';
import { signedHeaders } from './signature.ts';

export type DelivererParts = Readonly<{
  rows: DeliveryRows;
  /** Whose messages are this process's to deliver: of several, one has a job. */
  jobs(): readonly number[];
  hosts(): readonly string[];
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** Told of each try. */
  tried?: (outcome: 'delivered' | 'failed' | 'dead') => void;
  send?: (message: Message, posting: Posting) => Promise<Outcome>;
  random?: () => number;
}>;

/** Connections at once. */
const MOST_AT_ONCE = 16;
/** Between two looks while a slow one is under way. */
const LOOK_MILLIS = 1_000;
const REST_SECONDS = 60;

/** @returns what delivers all that is due, and resolves when nothing is any more */
export function deliverer(parts: DelivererParts): () => Promise<void> {
  const { rows, clock, signal } = parts;
  const underWay = new Map<string, Promise<void>>();
  /** Where what became of a message could not be written: until then it is not sent again. */
  const resting = new Map<string, number>();
  const failures: unknown[] = [];
  const start = async (): Promise<void> => {
    const free = MOST_AT_ONCE - underWay.size;
    const jobs = parts.jobs();
    if (free === 0 || jobs.length === 0) return;
    const now = clock.now();
    for (const [webhook, until] of resting) if (until <= now) resting.delete(webhook);
    const busy = [...underWay.keys(), ...resting.keys()];
    for (const due of await rows.due(jobs, busy, free, now)) {
      const done = deliver(due, parts).catch((error: unknown) => {
        resting.set(due.webhook, now + REST_SECONDS);
        failures.push(error);
      });
      underWay.set(due.webhook, done);
      void done.finally(() => underWay.delete(due.webhook));
    }
  };
  return async () => {
    for (;;) {
      if (!signal.aborted) await start();
      if (underWay.size === 0) break;
      await Promise.race([...underWay.values(), delay(LOOK_MILLIS, undefined, { ref: false })]);
    }
    // Rows that could not be written are due still.
    const failed = failures.splice(0);
    if (failed.length > 0) throw failed[0];
  };
}

async function deliver(due: Due, parts: DelivererParts): Promise<void> {
  const { rows, clock, log, signal, tried = () => undefined, send = post, random = Math.random } = parts;
  const { id, webhook, url, body, tries, secret, formerSecret } = due;
  const headers = signedHeaders(id, clock.now(), body, [secret, ...(formerSecret ? [formerSecret] : [])]);
  const outcome = await send({ url, headers, body }, { hosts: parts.hosts(), signal });
  if (outcome.taken) {
    await rows.delivered(id);
    tried('delivered');
    return;
  }
  // Cut off by ourselves: it is due still, and cost no try.
  if (signal.aborted) return;
  const { failure, retryAfter, gone } = outcome;
  const now = clock.now();
  const wait = gone ? null : nextTry(tries + 1, random(), retryAfter);
  await rows.failed(id, failure, wait === null ? null : toSeconds(now + wait), now);
  tried(wait === null ? 'dead' : 'failed');
  // The URL may be a secret of its receiver's.
  const facts = { webhook, message: id, failure, tries: tries + 1 };
  if (wait === null) log.warn(facts, 'a message to a webhook is given up');
  else log.info({ ...facts, again: now + wait }, 'a message was not taken by its webhook; trying again');
}
