/** An account's webhooks over HTTP. docs/api.md */
import type { Operations } from '#protocol/http/operations.ts';
import type { HttpParts } from './parts.ts';
import type { Handlers } from './route.ts';

type WebhookOperations = Pick<
  Operations,
  'webhooks' | 'createWebhook' | 'deleteWebhook' | 'rotateSecret' | 'deadLetters' | 'redeliver'
>;

export const webhookHandlers = ({
  webhooks,
  access: { once },
}: Pick<HttpParts, 'webhooks' | 'access'>): Handlers<WebhookOperations> => ({
  webhooks: ({ caller }) => webhooks.list(caller),
  async createWebhook({ caller, headers, body }) {
    // Asked of a repetition too.
    caller.assertCovers(null);
    const asked = {
      subject: caller.subject,
      operation: 'createWebhook',
      key: headers['idempotency-key'],
      body,
    };
    return once(asked, () => webhooks.create(caller, body));
  },
  async deleteWebhook({ caller, path }) {
    await webhooks.remove(caller, path.webhook);
    return { deleted: true };
  },
  async rotateSecret({ caller, path, headers }) {
    caller.assertCovers(null);
    const asked = { subject: caller.subject, operation: 'rotateSecret', key: headers['idempotency-key'] };
    return once({ ...asked, body: path }, () => webhooks.rotate(caller, path.webhook));
  },
  deadLetters: ({ caller, path }) => webhooks.deadLetters(caller, path.webhook),
  async redeliver({ caller, path }) {
    await webhooks.redeliver(caller, path.webhook, path.letter);
    return { redelivering: true };
  },
});
