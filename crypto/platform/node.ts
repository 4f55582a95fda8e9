/**
 * The primitives by Node's own OpenSSL: the fast implementation. protocol.md §3.1
 *
 * Node's key import takes and gives Buffers: they are met here and go no further.
 */
import { Buffer } from 'node:buffer';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
} from 'node:crypto';

import { concat, fromHex } from '../bytes.ts';
import { TributaryError } from '../error.ts';
import type { Platform, X25519 } from './interface.ts';

/** RFC 8410: the PKCS #8 frame of an X25519 private key, which comes right after it. */
const PKCS8_X25519 = fromHex('0x302e020100300506032b656e04220420');
const TAG_LENGTH = 16;
const gcmOptions = { authTagLength: TAG_LENGTH };

export const platform: Platform = {
  sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return bare(hash.digest());
  },

  hkdfSha256(keyMaterial, salt, info, length) {
    return new Uint8Array(hkdfSync('sha256', keyMaterial, salt, info, length));
  },

  x25519: importX25519,

  aesGcmSeal(key, nonce, plaintext, aad) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce, gcmOptions).setAAD(aad);
    return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  },

  aesGcmOpen(key, nonce, sealed, aad) {
    if (sealed.length < TAG_LENGTH) throw forged();
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, gcmOptions).setAAD(aad);
    decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
    const plaintext = decipher.update(sealed.subarray(0, -TAG_LENGTH));
    try {
      return concat(plaintext, decipher.final());
    } catch (cause) {
      throw forged(cause);
    }
  },

  aesCtrStream(key, counter) {
    const cipher = createCipheriv('aes-256-ctr', key, counter);
    let zeros = new Uint8Array(0);
    return {
      next(length) {
        if (zeros.length < length) zeros = new Uint8Array(length);
        return bare(cipher.update(zeros.subarray(0, length)));
      },
    };
  },

  aesBlocks(key, blocks) {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return concat(cipher.update(blocks), cipher.final());
  },

  randomBytes(length) {
    return bare(randomBytes(length));
  },
};

/**
 * Import is most of the cost, so the private key is imported once. A public key comes in as a JWK, which
 * Node imports ten times faster than DER.
 */
function importX25519(privateKey: Uint8Array): X25519 {
  if (privateKey.length !== 32) throw new RangeError('an X25519 private key has 32 bytes');
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_X25519, privateKey]),
    format: 'der',
    type: 'pkcs8',
  });
  return {
    publicKey() {
      const { x } = createPublicKey(key).export({ format: 'jwk' });
      return new Uint8Array(Buffer.from(x ?? '', 'base64url'));
    },
    shared(publicKey) {
      const x = Buffer.from(publicKey).toString('base64url');
      const theirs = createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', x } });
      try {
        return bare(diffieHellman({ privateKey: key, publicKey: theirs }));
      } catch (cause) {
        // OpenSSL's derivation fails for one reason only: the result is all zero.
        throw new TributaryError('key/low-order', 'a public key of small order: refuse its owner', { cause });
      }
    },
  };
}

/** A plain array with memory of its own: a Buffer's methods (slice, toJSON…) mean other things, and it may share a pool. */
function bare(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer);
}

function forged(cause?: unknown): TributaryError {
  return new TributaryError('cipher/forged', 'not encrypted under this key for this place', { cause });
}
