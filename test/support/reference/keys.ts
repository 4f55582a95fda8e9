/** Key agreement, derivation, encryption and masks; primitives by libraries, all else by hand. docs/protocol.md §3 */
import { createCipheriv, createHmac } from 'node:crypto';

import { x25519 } from '@noble/curves/ed25519.js';

import { contextBytes, integer, prefixed, type ReferenceContext, text } from './text.ts';

export type ReferenceBinding = {
  context: ReferenceContext;
  roster: string;
  parameters: string;
  model: string;
};

export type Side = { index: number; publicKey: string };

export function publicKeyOf(privateKey: string): string {
  return hexOf(x25519.getPublicKey(bytesOf(privateKey)));
}

export function sharedSecret(privateKey: string, publicKey: string): string {
  return hexOf(x25519.getSharedSecret(bytesOf(privateKey), bytesOf(publicKey)));
}

export function infoBytes(purpose: string, binding: ReferenceBinding, sides: Side[]): string {
  const extra = sides.map((side) => integer(side.index, 4) + side.publicKey).join('');
  const digests = binding.roster + binding.parameters + binding.model;
  return contextBytes(binding.context) + prefixed(text(purpose)) + digests + extra;
}

/** HKDF of one block: PRK = HMAC(32 zeros, ikm), OKM = HMAC(PRK, info ‖ 01). RFC 5869 §2 */
export function derived(keyMaterial: string, info: string): string {
  const prk = createHmac('sha256', '\0'.repeat(32)).update(keyMaterial, 'hex').digest();
  return createHmac('sha256', prk)
    .update(info + '01', 'hex')
    .digest('hex');
}

export function sealed(key: string, plaintext: string, aad: string): string {
  const cipher = createCipheriv('aes-256-gcm', bytesOf(key), bytesOf('00'.repeat(12)));
  cipher.setAAD(bytesOf(aad));
  return cipher.update(plaintext, 'hex', 'hex') + cipher.final('hex') + cipher.getAuthTag().toString('hex');
}

/** The mask of a key: keystream by encrypting the counters 0, 1, 2… one by one, then cut into words. */
export function maskOf(key: string, dimension: number, w: number): bigint[] {
  let stream = '';
  for (let counter = 0; stream.length < 8 * dimension; counter++) {
    const block = createCipheriv('aes-256-ecb', bytesOf(key), null).setAutoPadding(false);
    stream += block.update(integer(counter, 16), 'hex', 'hex');
  }
  return Array.from({ length: dimension }, (_, c) => {
    const bytes = stream.slice(8 * c, 8 * c + 8).match(/../g) ?? [];
    return BigInt('0x' + bytes.reverse().join('')) % (1n << BigInt(w));
  });
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
