/**
 * Nonces of sign-ins that need no row until they are used: each says until when it is good, under a MAC of the coordinator's.
 * Whoever asks for them, however often, fills no disk. EIP-4361; docs/decisions/0034
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Rng } from '#crypto/random.ts';
import { toSeconds, type Seconds } from '#protocol/units.ts';

/** How long a nonce may be used: a person reads and signs in that time. */
export const NONCE_SECONDS = 600;
export const NONCE_KEY_BYTES = 32;

/** Of 40 bits: for 30,000 years. */
const EXPIRY_BYTES = 5;
const RANDOM_BYTES = 11;
const TAG_BYTES = 16;
/** Of letters and digits, as EIP-4361 wants it. */
const SPELLING = /^[0-9a-f]{64}$/;

export type Nonce = Readonly<{ nonce: string; expiresAt: Seconds }>;

export function newNonce(key: Uint8Array, rng: Rng, now: Seconds): Nonce {
  const expiresAt = toSeconds(now + NONCE_SECONDS);
  const body = Buffer.alloc(EXPIRY_BYTES + RANDOM_BYTES);
  body.writeUIntBE(expiresAt, 0, EXPIRY_BYTES);
  body.set(rng.bytes(RANDOM_BYTES), EXPIRY_BYTES);
  return { nonce: Buffer.concat([body, tagOf(key, body)]).toString('hex'), expiresAt };
}

/** @returns until when it can be used; null where it was not given by whoever has the key, or is too old */
export function nonceExpiry(key: Uint8Array, nonce: string, now: Seconds): Seconds | null {
  if (!SPELLING.test(nonce)) return null;
  const bytes = Buffer.from(nonce, 'hex');
  const body = bytes.subarray(0, EXPIRY_BYTES + RANDOM_BYTES);
  if (!timingSafeEqual(tagOf(key, body), bytes.subarray(body.length))) return null;
  const expiresAt = toSeconds(body.readUIntBE(0, EXPIRY_BYTES));
  return expiresAt < now ? null : expiresAt;
}

const tagOf = (key: Uint8Array, body: Uint8Array): Buffer =>
  createHmac('sha256', key).update('tributary/nonce').update(body).digest().subarray(0, TAG_BYTES);
