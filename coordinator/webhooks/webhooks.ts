/** An account's webhooks: who may have them, where they may lead, and their secrets. docs/api.md */
import { TributaryError } from '#crypto/error.ts';
import { systemRng, type Rng } from '#crypto/random.ts';
import { Secret } from '#crypto/secret.ts';
import { idText, ID_BYTES, ROOT_BYTES } from '#protocol/access/token.ts';
import type {
  DeadLetterView,
  MadeWebhook,
  RotatedSecret,
  WantedWebhook,
  WebhookView,
} from '#protocol/access/webhooks.ts';
import { toError } from '#protocol/flaw.ts';
import { toSeconds, type Address, type Seconds } from '#protocol/units.ts';
import type { Caller } from '../access/authorise.ts';
import type { Made } from '../access/repeated.ts';
import type { OperationsPolicy } from '../operations/schema.ts';
import { openDeliveryRows } from '../store/delivery-rows.ts';
import type { Database } from '../store/database.ts';
import { insertWebhook, openWebhookRows, replaceSecret, type CountedWebhook } from '../store/webhook-rows.ts';
import { formatSecret } from './signature.ts';
import { targetFlaw } from './target.ts';

/** None of them is for a token that is narrowed to jobs, rounds or datasets: `auth/caveat`. */
export type Webhooks = Readonly<{
  list(caller: Caller): Promise<WebhookView[]>;
  /** @throws TributaryError `webhook/url`, `webhook/too-many`, `webhook/not-yours`, `job/unknown` */
  create(caller: Caller, wanted: WantedWebhook): Promise<Made<MadeWebhook>>;
  /** @throws TributaryError `webhook/unknown`, of another's too */
  remove(caller: Caller, id: string): Promise<void>;
  /** @throws TributaryError `webhook/unknown` */
  rotate(caller: Caller, id: string): Promise<Made<RotatedSecret>>;
  /** @throws TributaryError `webhook/unknown` */
  deadLetters(caller: Caller, id: string): Promise<DeadLetterView[]>;
  /** @throws TributaryError `webhook/unknown`, `webhook/unknown-letter` */
  redeliver(caller: Caller, id: string, letter: string): Promise<void>;
}>;

export type WebhooksParts = Readonly<{
  database: Pick<Database, 'commit' | 'query'>;
  policy: () => OperationsPolicy['webhooks'];
  /** Whose a job is. @throws TributaryError `job/unknown` */
  parties(job: number): Promise<readonly Address[]>;
  now: () => Seconds;
  rng?: Rng;
}>;

/** A receiver has that long to change over to a new secret. */
const OVERLAP_SECONDS = 24 * 3_600;

export function keepWebhooks(parts: WebhooksParts): Webhooks {
  const { database, policy, parties, now, rng = systemRng() } = parts;
  const rows = openWebhookRows(database);
  const deliveries = openDeliveryRows(database);
  const assertOwn = async (caller: Caller, id: string): Promise<void> => {
    caller.assertCovers(null);
    if (!(await rows.has(caller.subject, id)))
      throw new TributaryError('webhook/unknown', `${caller.subject} has no webhook ${id}`);
  };

  return {
    async list(caller) {
      caller.assertCovers(null);
      return (await rows.list(caller.subject)).map(viewOf);
    },

    async create(caller, { url, job }) {
      caller.assertCovers(null);
      const { perAccount, hosts } = policy();
      const broken = targetFlaw(url, hosts);
      if (broken) throw toError(broken);
      const { subject: account } = caller;
      if (job !== null && !(await parties(job)).includes(account))
        throw new TributaryError(
          'webhook/not-yours',
          `${account} is neither buyer, owner nor reader of job ${job}`,
        );
      const webhook = { id: idText(rng.bytes(ID_BYTES)), account, url, job, createdAt: now() };
      const secret = new Secret(rng.bytes(ROOT_BYTES));
      return {
        answer: { ...viewOf({ ...webhook, waiting: 0, dead: 0 }), secret: formatSecret(secret) },
        async save(transaction) {
          if (await insertWebhook(transaction, webhook, secret, perAccount)) return;
          throw new TributaryError(
            'webhook/too-many',
            `an account has at most ${perAccount} webhooks: delete one`,
          );
        },
      };
    },

    async remove(caller, id) {
      await assertOwn(caller, id);
      await rows.remove(caller.subject, id);
    },

    async rotate(caller, id) {
      await assertOwn(caller, id);
      const secret = new Secret(rng.bytes(ROOT_BYTES));
      const formerUntil = toSeconds(now() + OVERLAP_SECONDS);
      return {
        answer: { secret: formatSecret(secret), formerUntil },
        save: (transaction) => replaceSecret(transaction, id, secret, formerUntil),
      };
    },

    async deadLetters(caller, id) {
      await assertOwn(caller, id);
      return deliveries.deadLetters(id);
    },

    async redeliver(caller, id, letter) {
      await assertOwn(caller, id);
      if (await deliveries.redeliver(id, letter, now())) return;
      throw new TributaryError('webhook/unknown-letter', `webhook ${id} gave up no message ${letter}`);
    },
  };
}

const viewOf = ({ id, url, job, createdAt, waiting, dead }: CountedWebhook): WebhookView => ({
  ...{ id, url, job, createdAt, waiting, dead },
});
