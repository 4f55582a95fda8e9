/** An account's webhooks: made, listed, deleted, their secrets replaced, and what could not be delivered. docs/api.md */
import { z } from 'zod';
import {
  deadLetter,
  deleted,
  madeWebhook,
  messageIdParameter,
  redelivering,
  rotatedSecret,
  wantedWebhook,
  webhookIdParameter,
  webhookView,
} from '../../access/webhooks.ts';
import type { Operation } from './operation.ts';
import { idempotency, none } from './parameters.ts';

const BODY_BYTES = 4 * 1024;

const shared = { tag: 'webhooks', body: { kind: 'none' }, caching: 'none', deprecated: null } as const;
const json = <Schema extends z.ZodType>(schema: Schema, description: string) =>
  ({ kind: 'json', schema, description, paged: false }) as const;
/** A webhook is a key that goes the other way; scopes of its own would be values that readers of version 1 do not know. */
const reader = { kind: 'bearer', scope: 'keys:read', request: false } as const;
const writer = { kind: 'bearer', scope: 'keys:write', request: false } as const;
const webhook = webhookIdParameter.meta({ description: "The webhook's id.", examples: ['0e'.repeat(16)] });
const letter = messageIdParameter.meta({
  description: "The message's id, as `webhook-id` had it.",
  examples: [`msg_${'0d'.repeat(16)}`],
});
const ofWebhook = { path: z.object({ webhook }), query: none, headers: none } as const;

export const webhooks = {
  ...shared,
  method: 'get',
  path: '/v1/webhooks',
  summary: 'Your webhooks',
  description: 'The oldest first, without their secrets.',
  parameters: { path: none, query: none, headers: none },
  answer: json(z.array(webhookView), 'The webhooks.'),
  problems: ['auth/caveat'],
  sender: reader,
} as const satisfies Operation;

export const createWebhook = {
  ...shared,
  method: 'post',
  path: '/v1/webhooks',
  summary: 'Make a webhook',
  description:
    'From now on each event of the job, or of all jobs that are yours (you are the buyer, an owner of a seat, or a reader by the ' +
    'terms), is posted to the URL at least once, signed after Standard Webhooks. What is not taken is tried again for a day.',
  parameters: { path: none, query: none, headers: idempotency },
  body: {
    kind: 'json',
    schema: wantedWebhook,
    limitBytes: BODY_BYTES,
    description: 'Where to, and about what.',
  },
  answer: json(madeWebhook, 'The webhook with its secret, this once.'),
  problems: [
    ...['auth/caveat', 'job/unknown', 'webhook/not-yours', 'webhook/too-many', 'webhook/url'],
    ...['database/damaged', 'storage/full'],
  ],
  sender: writer,
} as const satisfies Operation;

export const deleteWebhook = {
  ...shared,
  method: 'delete',
  path: '/v1/webhooks/{webhook}',
  summary: 'Delete a webhook',
  description: 'With all that waits to be delivered to it. What is on its way may still arrive.',
  parameters: ofWebhook,
  answer: json(deleted, 'It is gone.'),
  problems: ['auth/caveat', 'webhook/unknown', 'storage/full'],
  sender: writer,
} as const satisfies Operation;

export const rotateSecret = {
  ...shared,
  method: 'post',
  path: '/v1/webhooks/{webhook}/secrets',
  summary: "Replace a webhook's secret",
  description:
    'For 24 hours messages are signed by both, so that a receiver can change over; then by the new one alone.',
  parameters: { path: z.object({ webhook }), query: none, headers: idempotency },
  answer: json(rotatedSecret, 'The new secret, this once.'),
  problems: ['auth/caveat', 'webhook/unknown', 'storage/full'],
  sender: writer,
} as const satisfies Operation;

export const deadLetters = {
  ...shared,
  method: 'get',
  path: '/v1/webhooks/{webhook}/dead-letters',
  summary: 'Messages that were given up',
  description: 'The latest first; they are kept for 30 days, a thousand of a webhook at most.',
  parameters: ofWebhook,
  answer: json(z.array(deadLetter), 'The messages, without their bodies.'),
  problems: ['auth/caveat', 'webhook/unknown'],
  sender: reader,
} as const satisfies Operation;

export const redeliver = {
  ...shared,
  method: 'post',
  path: '/v1/webhooks/{webhook}/dead-letters/{letter}/redeliveries',
  summary: 'Deliver again what was given up',
  description: 'The same message under the same id, with all its tries anew.',
  parameters: { path: z.object({ webhook, letter }), query: none, headers: none },
  answer: json(redelivering, 'It is in line.'),
  problems: ['auth/caveat', 'webhook/unknown', 'webhook/unknown-letter', 'storage/full'],
  sender: writer,
} as const satisfies Operation;
