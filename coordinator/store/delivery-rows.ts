/**
 * What is to be sent to webhooks, one row a message and webhook until it was delivered: written with the event itself, so that
 * nothing that was told is forgotten, whenever a process dies. docs/api.md
 */
import { Secret } from '#crypto/secret.ts';
import type { KeptEvent } from '#protocol/job-events.ts';
import type { Address, Seconds } from '#protocol/units.ts';
import type { Database, Transaction } from './database.ts';

/** A message that is due, with what signs it. */
export type Due = Readonly<{
  /** The same at each try, for the receiver to know a repetition by. */
  id: string;
  webhook: string;
  url: string;
  body: string;
  /** Failed ones. */
  tries: number;
  secret: Secret;
  /** Still good beside it, since it was replaced lately; else null. */
  formerSecret: Secret | null;
}>;

type DueRow = Readonly<Omit<Due, 'secret' | 'formerSecret'>> &
  Readonly<{ secret: Uint8Array; formerSecret: Uint8Array | null }>;

/** A message that was given up. */
export type DeadLetter = Readonly<{
  id: string;
  type: string;
  createdAt: Seconds;
  diedAt: Seconds;
  tries: number;
  failure: string;
}>;

export type DeliveryRows = Readonly<{
  /**
   * What is due of these jobs, the oldest first and one a webhook, so that its receiver sees them in order as long as nothing fails.
   *
   * @param busy webhooks that are being sent to
   */
  due(jobs: readonly number[], busy: readonly string[], limit: number, now: Seconds): Promise<Due[]>;
  delivered(id: string): Promise<void>;
  /** @param dueAt when it is tried again; null: it is given up */
  failed(id: string, failure: string, dueAt: Seconds | null, now: Seconds): Promise<void>;
  /** The latest first. */
  deadLetters(webhook: string): Promise<DeadLetter[]>;
  /** Puts one that was given up in line again, with all its tries. @returns whether there was such a one */
  redeliver(webhook: string, id: string, now: Seconds): Promise<boolean>;
}>;

const DEAD_DAYS = 30;
/** Of a webhook: older ones go. */
export const MOST_DEAD_LETTERS = 1_000;

export function openDeliveryRows({ commit, query }: Pick<Database, 'commit' | 'query'>): DeliveryRows {
  return {
    async due(jobs, busy, limit, now) {
      const rows = await query<DueRow>(
        `select id, webhook, url, body, tries, secret, "formerSecret" from (
           select distinct on (webhook) deliveries.number, deliveries.id, webhook, url, body, tries, secret,
             case when former_until >= $4 then former_secret end as "formerSecret"
           from webhook_deliveries as deliveries join webhooks on webhooks.id = webhook
           where died_at is null and due_at <= $4 and deliveries.job = any($1::bigint[]) and webhook <> all($2::text[])
           order by webhook, deliveries.number
         ) as first order by number limit $3`,
        [[...jobs], [...busy], limit, now],
      );
      return rows.map(({ secret, formerSecret, ...due }) => ({
        ...due,
        secret: new Secret(secret),
        formerSecret: formerSecret && new Secret(formerSecret),
      }));
    },

    delivered: (id) =>
      commit(async (transaction) => {
        await transaction.query('delete from webhook_deliveries where id = $1', [id]);
      }),

    failed: (id, failure, dueAt, now) =>
      commit(async (transaction) => {
        await transaction.query(
          `update webhook_deliveries set tries = tries + 1, failure = $2, due_at = coalesce($3, due_at),
             died_at = case when $3::bigint is null then $4::bigint end where id = $1`,
          [id, failure, dueAt, now],
        );
        if (dueAt === null) await forgetOldest(transaction, id, now);
      }),

    deadLetters: (webhook) =>
      query<DeadLetter>(
        `select id, type, created_at as "createdAt", died_at as "diedAt", tries, failure from webhook_deliveries
         where webhook = $1 and died_at is not null order by number desc limit ${MOST_DEAD_LETTERS}`,
        [webhook],
      ),

    async redeliver(webhook, id, now) {
      let known = false;
      await commit(async (transaction) => {
        const rows = await transaction.query(
          `update webhook_deliveries set tries = 0, due_at = $3, died_at = null
           where webhook = $1 and id = $2 and died_at is not null returning id`,
          [webhook, id, now],
        );
        known = rows.length === 1;
      });
      return known;
    },
  };
}

async function forgetOldest({ query }: Transaction, id: string, now: Seconds): Promise<void> {
  await query(
    `delete from webhook_deliveries where died_at < $2 or number in (
       select number from webhook_deliveries where died_at is not null
         and webhook = (select webhook from webhook_deliveries where id = $1)
       order by number desc offset ${MOST_DEAD_LETTERS})`,
    [id, now - DEAD_DAYS * 24 * 3600],
  );
}

/** Puts events in line for every webhook that asked for them: of this job, or of all jobs that are its account's. */
export async function queueDeliveries(
  { query }: Transaction,
  job: number,
  parties: readonly Address[],
  events: readonly KeptEvent[],
): Promise<void> {
  const bodies = events.map((event) => JSON.stringify(messageOf(event)));
  await query(
    `insert into webhook_deliveries (webhook, job, type, body, due_at, created_at)
     select webhooks.id, $1, told.type, told.body, 0, told.at
     from unnest($3::text[], $4::text[], $5::bigint[]) with ordinality as told (type, body, at, place), webhooks
     where account = any($2::text[]) and (webhooks.job is null or webhooks.job = $1)
     order by told.place`,
    [job, [...parties], events.map(typeOf), bodies, events.map(({ at }) => at)],
  );
}

const typeOf = ({ type }: KeptEvent): string => `job.${type}`;

/** As Standard Webhooks has it: `type`, `timestamp`, `data`. https://www.standardwebhooks.com */
const messageOf = (event: KeptEvent) => ({
  type: typeOf(event),
  timestamp: new Date(event.at * 1000).toISOString(),
  data: event,
});
