/** `tributary webhooks create | list | delete | rotate | dead-letters | redeliver`. docs/api.md */
import { randomUUID } from 'node:crypto';
import { TributaryError } from '#crypto/error.ts';
import type { Scope } from '#protocol/access/scopes.ts';
import type { WebhookView } from '#protocol/access/webhooks.ts';
import type { CoordinatorApi } from '#protocol/http/coordinator-api.ts';
import { result, table } from '../output.ts';
import { readSettings, type CommonOptions } from '../settings.ts';
import { signedIn, type SignInOptions } from '../sign-in.ts';

type Options = CommonOptions & SignInOptions;
type Dry = Readonly<{ dryRun?: boolean }>;

const reads: readonly Scope[] = ['keys:read'];
const writes: readonly Scope[] = ['keys:read', 'keys:write'];

/** The secret alone on standard output. @throws TributaryError `webhook/…`, `job/unknown`, `keystore/…`, `auth/…` */
export async function create(
  options: Options & Dry & Readonly<{ job?: number }>,
  url: string,
): Promise<void> {
  const settings = readSettings(options);
  const wanted = { url, job: options.job ?? null };
  if (options.dryRun) {
    const about = wanted.job === null ? 'all jobs of the account' : `job ${wanted.job}`;
    return result(
      settings.json,
      { event: 'webhook-plan', ...wanted },
      `events of ${about} would be posted to ${url}`,
    );
  }
  const made = await signedIn(settings, options, writes, (api, token) =>
    api.createWebhook(token, wanted, randomUUID()),
  );
  result(settings.json, { event: 'webhook', ...made }, made.secret);
}

/** @throws TributaryError `keystore/…`, `auth/…` */
export async function list(options: Options): Promise<void> {
  const settings = readSettings(options);
  const webhooks = await signedIn(settings, options, reads, (api, token) => api.webhooks(token));
  const rows = webhooks.map(({ id, job, waiting, dead, url }) => [
    ...[id, job === null ? 'all' : String(job), String(waiting), String(dead), url],
  ]);
  result(
    settings.json,
    { event: 'webhooks', webhooks },
    rows.length === 0 ? 'no webhooks' : table(['id', 'job', 'waiting', 'dead', 'url'], rows),
  );
}

/** @throws TributaryError `webhook/unknown`, `keystore/…`, `auth/…` */
export async function remove(options: Options & Dry, id: string): Promise<void> {
  const settings = readSettings(options);
  const { url, waiting } = await signedIn(settings, options, writes, async (api, token) => {
    const found = await theWebhook(api, token, id);
    if (!options.dryRun) await api.deleteWebhook(token, id);
    return found;
  });
  const what = `${url}, with ${waiting} waiting messages`;
  if (options.dryRun)
    result(settings.json, { event: 'webhook-delete-plan', id, url, waiting }, `would delete ${what}`);
  else result(settings.json, { event: 'webhook-deleted', id, url, waiting }, `deleted ${what}`);
}

/** The new secret alone on standard output. @throws TributaryError `webhook/unknown`, `keystore/…`, `auth/…` */
export async function rotate(options: Options & Dry, id: string): Promise<void> {
  const settings = readSettings(options);
  const rotated = await signedIn(settings, options, writes, async (api, token) => {
    const { url } = await theWebhook(api, token, id);
    return { url, made: options.dryRun ? null : await api.rotateSecret(token, id, randomUUID()) };
  });
  const { url, made } = rotated;
  if (made) result(settings.json, { event: 'webhook-secret', id, url, ...made }, made.secret);
  else result(settings.json, { event: 'webhook-rotate-plan', id, url }, `would replace the secret of ${url}`);
}

/** @throws TributaryError `webhook/unknown`, `keystore/…`, `auth/…` */
export async function deadLetters(options: Options, id: string): Promise<void> {
  const settings = readSettings(options);
  const letters = await signedIn(settings, options, reads, (api, token) => api.deadLetters(token, id));
  const rows = letters.map((letter) => [
    ...[
      letter.id,
      letter.type,
      new Date(letter.diedAt * 1000).toISOString(),
      String(letter.tries),
      letter.failure,
    ],
  ]);
  result(
    settings.json,
    { event: 'dead-letters', id, letters },
    rows.length === 0
      ? 'nothing was given up'
      : table(['id', 'type', 'given up', 'tries', 'last failure'], rows),
  );
}

/** @throws TributaryError `webhook/unknown`, `webhook/unknown-letter`, `keystore/…`, `auth/…` */
export async function redeliver(options: Options & Dry, id: string, ...named: string[]): Promise<void> {
  const settings = readSettings(options);
  const messages = await signedIn(settings, options, writes, async (api, token) => {
    const dead = (await api.deadLetters(token, id)).map((letter) => letter.id);
    const wanted = named.length === 0 ? dead : named;
    for (const message of options.dryRun ? [] : wanted) await api.redeliver(token, id, message);
    return wanted;
  });
  const text = `${options.dryRun ? 'would deliver' : 'delivering'} ${messages.length} messages again`;
  const event = options.dryRun ? 'redelivery-plan' : 'redelivering';
  result(settings.json, { event, id, messages }, text);
}

async function theWebhook(api: CoordinatorApi, token: string, id: string): Promise<WebhookView> {
  const found = (await api.webhooks(token)).find((webhook) => webhook.id === id);
  if (found) return found;
  throw new TributaryError('webhook/unknown', `the account has no webhook ${id}`);
}
