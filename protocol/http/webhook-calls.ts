/** The typed calls of an account's webhooks. docs/api.md */
import type {
  DeadLetterView,
  MadeWebhook,
  RotatedSecret,
  WantedWebhook,
  WebhookView,
} from '../access/webhooks.ts';
import { bearer } from './access-calls.ts';
import type { Call } from './call.ts';
import { operations } from './operations.ts';

const once = (token: string, key: string | undefined) => ({
  ...bearer(token),
  ...(key !== undefined && { 'idempotency-key': key }),
});

/** Each takes a token with the scope `keys:read` or, where something is changed, `keys:write`. */
export const webhookCalls = (call: Call) => ({
  webhooks: async (token: string): Promise<WebhookView[]> =>
    (await call(operations.webhooks, { headers: bearer(token) })).value,

  /**
   * Makes a webhook; its secret is shown this once.
   *
   * @param key an Idempotency-Key of your choice: sent again with it, the request makes no second one
   */
  createWebhook: async (token: string, body: WantedWebhook, key?: string): Promise<MadeWebhook> =>
    (await call(operations.createWebhook, { headers: once(token, key), body })).value,

  deleteWebhook: async (token: string, webhook: string): Promise<void> =>
    void (await call(operations.deleteWebhook, { path: { webhook }, headers: bearer(token) })),

  /** @param key as of `createWebhook`: without it, an answer that got lost costs the day in which both secrets are good */
  rotateSecret: async (token: string, webhook: string, key?: string): Promise<RotatedSecret> =>
    (await call(operations.rotateSecret, { path: { webhook }, headers: once(token, key) })).value,

  deadLetters: async (token: string, webhook: string): Promise<DeadLetterView[]> =>
    (await call(operations.deadLetters, { path: { webhook }, headers: bearer(token) })).value,

  /** @param letter the message's id */
  redeliver: async (token: string, webhook: string, letter: string): Promise<void> =>
    void (await call(operations.redeliver, { path: { webhook, letter }, headers: bearer(token) })),
});
