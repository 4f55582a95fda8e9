/**
 * The primitives by Node's own OpenSSL, and by libsecp256k1 for what OpenSSL lacks: the fast implementation. protocol.md §3.1
 *
 * Node's key import takes and gives Buffers: they are met here and go no further.
 */
import { Buffer } from 'node:buffer';
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { createRequire } from 'node:module';

import { concat } from '../bytes.ts';
import { TributaryError } from '../error.ts';
import type { Platform, X25519 } from './interface.ts';

const TAG_LENGTH = 16;
/** RFC 5869 §2.3: the number of the first block of output. */
const FIRST_BLOCK = Uint8Array.of(1);
/** What is encrypted to see a keystream; grown when a longer piece is asked for. */
let zeros = new Uint8Array(65_536);
const gcmOptions = { authTagLength: TAG_LENGTH };

export const platform: Platform = {
  sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return bare(hash.digest());
  },

  hkdfSha256(keyMaterial, salt, info, length) {
    // A key of one hash's length is all that the protocol derives: two HMACs, at half the price of hkdfSync.
    if (length !== 32) return new Uint8Array(hkdfSync('sha256', keyMaterial, salt, info, length));
    const prk = createHmac('sha256', salt).update(keyMaterial).digest();
    return bare(createHmac('sha256', prk).update(info).update(FIRST_BLOCK).digest());
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
    const update = (length: number): Buffer => {
      if (zeros.length < length) zeros = new Uint8Array(length);
      return cipher.update(length === zeros.length ? zeros : zeros.subarray(0, length));
    };
    return {
      next: (length) => bare(update(length)),
      fill: (target) => target.set(update(target.length)),
    };
  },

  aesBlocks(key, blocks) {
    const cipher = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
    return concat(cipher.update(blocks), cipher.final());
  },

  recoverSecp256k1(digest, signature, yParity) {
    if (digest.length !== 32) throw new RangeError('a digest has 32 bytes');
    if (signature.length !== 64) throw new RangeError('r and s have 32 bytes each');
    try {
      return secp256k1().recover(digest, signature, yParity, false);
    } catch (error) {
      // Its word for an r or s that is out of range, or an r that is no point's x.
      if (error instanceof TypeError && error.message === 'Expected Signature') return null;
      throw error;
    }
  },

  randomBytes(length) {
    return bare(randomBytes(length));
  },
};

/** libsecp256k1 as WebAssembly takes 28 ms and 10 MB to load: a process that recovers nobody does without. */
let loaded: typeof import('tiny-secp256k1') | null = null;
function secp256k1(): typeof import('tiny-secp256k1') {
  loaded ??= createRequire(import.meta.url)('tiny-secp256k1') as typeof import('tiny-secp256k1');
  return loaded;
}

/**
 * Import is most of the cost, so the private key is imported once; a JWK is imported ten times faster than DER. Of a
 * private JWK Node reads `d` alone, and works out the public key itself.
 */
function importX25519(privateKey: Uint8Array): X25519 {
  if (privateKey.length !== 32) throw new RangeError('an X25519 private key has 32 bytes');
  const d = Buffer.from(privateKey).toString('base64url');
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'X25519', d, x: '' } });
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
