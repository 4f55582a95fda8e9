/** Webhooks of accounts in rows. Their secrets are read where messages are signed, and nowhere else. docs/api.md */
import type { Secret } from '#crypto/secret.ts';
import type { Address, Seconds } from '#protocol/units.ts';
import type { Database, Transaction } from './database.ts';

export type Webhook = Readonly<{
  /** 32 hex digits. */
  id: string;
  account: Address;
  url: string;
  /** Whose events it is told; null: those of all jobs that are the account's. */
  job: number | null;
  createdAt: Seconds;
}>;

/** With how many messages wait, and how many were given up. */
export type CountedWebhook = Webhook & Readonly<{ waiting: number; dead: number }>;

export type WebhookRows = Readonly<{
  /** An account's, the oldest first. */
  list(account: Address): Promise<CountedWebhook[]>;
  has(account: Address, id: string): Promise<boolean>;
  /** @returns whether the account had such a webhook */
  remove(account: Address, id: string): Promise<boolean>;
}>;

export const openWebhookRows = ({ commit, query }: Pick<Database, 'commit' | 'query'>): WebhookRows => ({
  list: (account) =>
    query<CountedWebhook>(
      `select webhooks.id, account, url, webhooks.job, webhooks.created_at as "createdAt",
         count(number) filter (where died_at is null)::int as waiting, count(died_at)::int as dead
       from webhooks left join webhook_deliveries on webhook = webhooks.id
       where account = $1 group by webhooks.id order by webhooks.created_at, webhooks.id`,
      [account],
    ),

  has: async (account, id) =>
    (await query('select id from webhooks where account = $1 and id = $2', [account, id])).length === 1,

  async remove(account, id) {
    let known = false;
    await commit(async (transaction) => {
      const sql = 'delete from webhooks where account = $1 and id = $2 returning id';
      known = (await transaction.query(sql, [account, id])).length === 1;
    });
    return known;
  },
});

/**
 * Counted where it is made: of an account's requests at once, each waits for the commit of the one before.
 *
 * @returns whether the account had less than `most`, and has it now
 */
export async function insertWebhook(
  { query }: Transaction,
  { id, account, url, job, createdAt }: Webhook,
  secret: Secret,
  most: number,
): Promise<boolean> {
  await query(
    "select pg_advisory_xact_lock(hashtextextended('tributary/webhooks/' || current_schema() || '/' || $1, 0))",
    [account],
  );
  const made = await query(
    `insert into webhooks (id, account, url, job, secret, created_at) select $1, $2, $3, $4, $5, $6
     where (select count(*) from webhooks where account = $2) < $7 returning id`,
    [id, account, url, job, secret.reveal(), createdAt, most],
  );
  return made.length === 1;
}

/** Puts a secret in the place of another, which is good until then. */
export async function replaceSecret(
  { query }: Transaction,
  id: string,
  secret: Secret,
  formerUntil: Seconds,
): Promise<void> {
  await query('update webhooks set former_secret = secret, former_until = $3, secret = $2 where id = $1', [
    ...[id, secret.reveal(), formerUntil],
  ]);
}
