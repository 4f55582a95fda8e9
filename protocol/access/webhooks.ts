/** What crosses HTTP when an account keeps webhooks. https://www.standardwebhooks.com; docs/api.md */
import { z } from 'zod';
import { jobNumber, seconds, words } from '../units.ts';

const id = z.string().regex(/^[0-9a-f]{32}$/, "expected a webhook's id: 32 lower-case hex digits");
const message = z.string().regex(/^msg_[0-9a-f]{32}$/, "expected a message's id: msg_…");
const url = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/[!-~]+$/, 'expected a URL')
  .describe('By https, without a user or a fragment; `http` only to hosts that the operator names.');
const secret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{43}=$/, 'expected a secret: whsec_…')
  .describe('Signs every message. It is not shown again.');

export const wantedWebhook = z.strictObject({
  url,
  job: jobNumber
    .nullable()
    .describe("Whose events it is told; null: those of all jobs that are the account's, now or later."),
});
export const webhookView = z.strictObject({
  id,
  url,
  job: jobNumber.nullable(),
  createdAt: seconds,
  waiting: z.int().min(0).describe('Messages that are not delivered yet.'),
  dead: z.int().min(0).describe('Messages that were given up.'),
});
export const madeWebhook = webhookView.extend({ secret });
export const rotatedSecret = z.strictObject({
  secret,
  formerUntil: seconds.describe('Until then each message is signed by the secret before as well.'),
});
export const deadLetter = z.strictObject({
  id: message,
  type: words.max(100).describe('As in the message.'),
  createdAt: seconds,
  diedAt: seconds,
  tries: z.int().min(1),
  failure: words.max(100).describe('Of the last try: a code, with the status where one was answered.'),
});
export const deleted = z.strictObject({ deleted: z.literal(true) });
export const redelivering = z.strictObject({ redelivering: z.literal(true) });
export const webhookIdParameter = id;
export const messageIdParameter = message;

export type WantedWebhook = z.output<typeof wantedWebhook>;
export type WebhookView = z.output<typeof webhookView>;
export type MadeWebhook = z.output<typeof madeWebhook>;
export type RotatedSecret = z.output<typeof rotatedSecret>;
export type DeadLetterView = z.output<typeof deadLetter>;
