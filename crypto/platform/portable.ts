/** The primitives by noble, for every JavaScript engine: slower, and the reference of node.ts. protocol.md §3.1 */
import { ctr, ecb, gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes } from '@noble/hashes/utils.js';

import { bigEndian, concat, toBigInt } from '../bytes.ts';
import { TributaryError } from '../error.ts';
import type { KeyStream, Platform, X25519 } from './interface.ts';

const BLOCK = 16;

export const platform: Platform = {
  sha256(...parts) {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },

  hkdfSha256(keyMaterial, salt, info, length) {
    return hkdf(sha256, keyMaterial, salt, info, length);
  },

  x25519: importX25519,

  aesGcmSeal(key, nonce, plaintext, aad) {
    return gcm(key256(key), nonce, aad).encrypt(plaintext);
  },

  aesGcmOpen(key, nonce, sealed, aad) {
    const cipher = gcm(key256(key), nonce, aad);
    try {
      return cipher.decrypt(sealed);
    } catch (cause) {
      throw new TributaryError('cipher/forged', 'not encrypted under this key for this place', { cause });
    }
  },

  aesCtrStream(key, counter) {
    return new PortableKeyStream(key256(key), counter);
  },

  aesBlocks(key, blocks) {
    return ecb(key256(key), { disablePadding: true }).encrypt(blocks);
  },

  recoverSecp256k1(digest, signature, yParity) {
    if (digest.length !== 32) throw new RangeError('a digest has 32 bytes');
    if (signature.length !== 64) throw new RangeError('r and s have 32 bytes each');
    try {
      const parts = secp256k1.Signature.fromBytes(signature, 'compact').addRecoveryBit(yParity);
      return parts.recoverPublicKey(digest).toBytes(false);
    } catch {
      // Lengths being right: r or s is out of range, r is no point's x, or the key would be the point at infinity.
      return null;
    }
  },

  randomBytes(length) {
    return randomBytes(length);
  },
};

/** noble's CTR is one-shot: each piece restarts at the block where the last one stopped. */
class PortableKeyStream implements KeyStream {
  readonly #key: Uint8Array;
  #counter: bigint;
  #rest = new Uint8Array(0);

  constructor(key: Uint8Array, counter: Uint8Array) {
    if (counter.length !== BLOCK) throw new RangeError('a counter block has 16 bytes');
    this.#key = key;
    this.#counter = toBigInt(counter);
  }

  next(length: number): Uint8Array {
    const blocks = Math.ceil(Math.max(0, length - this.#rest.length) / BLOCK);
    const fresh = ctr(this.#key, bigEndian(this.#counter, BLOCK)).encrypt(new Uint8Array(blocks * BLOCK));
    this.#counter = BigInt.asUintN(8 * BLOCK, this.#counter + BigInt(blocks));
    const stream = concat(this.#rest, fresh);
    this.#rest = stream.slice(length);
    return stream.slice(0, length);
  }

  fill(target: Uint8Array): void {
    target.set(this.next(target.length));
  }
}

function importX25519(privateKey: Uint8Array): X25519 {
  if (privateKey.length !== 32) throw new RangeError('an X25519 private key has 32 bytes');
  return {
    publicKey: () => x25519.getPublicKey(privateKey),
    shared(publicKey) {
      if (publicKey.length !== 32) throw new RangeError('an X25519 public key has 32 bytes');
      try {
        return x25519.getSharedSecret(privateKey, publicKey);
      } catch (cause) {
        // Lengths being right, noble refuses for one reason only: the result is all zero.
        throw new TributaryError('key/low-order', 'a public key of small order: refuse its owner', { cause });
      }
    },
  };
}

/** noble would take shorter keys for AES-128 and AES-192. */
function key256(key: Uint8Array): Uint8Array {
  if (key.length !== 32) throw new RangeError('an AES-256 key has 32 bytes');
  return key;
}
