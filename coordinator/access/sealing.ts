/**
 * Seals the secrets of tokens, and answers that hold tokens, under the coordinator's account. All coordinators of a database have
 * that and the database has not: whoever reads it makes no token. AES-256-GCM, NIST SP 800-38D; HKDF-SHA-256, RFC 5869.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { fromHex } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';

export type Sealing = Readonly<{
  seal(number: number, secret: Uint8Array): Uint8Array;
  /** @param number 0 for what is no secret of tokens. @throws TributaryError `database/damaged` where it was not sealed by this account under this number */
  open(number: number, sealed: Uint8Array): Uint8Array;
}>;

const PURPOSE = 'tributary/token-secrets/v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

/** @param privateKey of the account, 32 bytes as hex */
export function sealing(privateKey: string): Sealing {
  const key = new Uint8Array(hkdfSync('sha256', fromHex(privateKey), new Uint8Array(0), PURPOSE, KEY_BYTES));
  return {
    seal(number, secret) {
      // Random: 2^32 may be sealed under a key, SP 800-38D §8.3.
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, key, nonce).setAAD(numberBytes(number));
      return Uint8Array.from([...nonce, ...cipher.update(secret), ...cipher.final(), ...cipher.getAuthTag()]);
    },
    open(number, sealed) {
      try {
        const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(numberBytes(number))
          .setAuthTag(sealed.subarray(-TAG_BYTES));
        const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
        return Uint8Array.from([...text, ...decipher.final()]);
      } catch (cause) {
        throw new TributaryError(
          'database/damaged',
          `what is sealed there (${number}) was not sealed by this account`,
          { cause },
        );
      }
    },
  };
}

/** None passes for another. */
function numberBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}
