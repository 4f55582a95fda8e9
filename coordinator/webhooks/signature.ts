/** A message's headers after Standard Webhooks: its id, when it is sent, and by whom. https://www.standardwebhooks.com */
import { Webhook } from 'standardwebhooks';
import type { Secret } from '#crypto/secret.ts';
import type { Seconds } from '#protocol/units.ts';

const PREFIX = 'whsec_';

/** As its receiver needs it. */
export const formatSecret = (secret: Secret): string =>
  `${PREFIX}${Buffer.from(secret.reveal()).toString('base64')}`;

/** @param secrets each signs: a receiver believes any one */
export function signedHeaders(
  id: string,
  now: Seconds,
  body: string,
  secrets: readonly Secret[],
): Readonly<Record<string, string>> {
  const signatures = secrets.map((secret) =>
    new Webhook(formatSecret(secret)).sign(id, new Date(now * 1_000), body),
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'tributary-coordinator',
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': signatures.join(' '),
  };
}
