/**
 * Secrets at rest: AES-256-GCM under a key of its own for every file and version, derived from the operator key by
 * HKDF-SHA-256 with a random salt, so that the zero nonce is used once. protocol.md §3.1, §4.7
 */
import type { SigningKey } from 'ethers';
import { concat, fromHex, lp, utf8 } from '#crypto/bytes.ts';
import { TributaryError } from '#crypto/error.ts';
import type { Rng } from '#crypto/random.ts';
import { platform } from '#platform';

/** Seals and opens under names: a sealed file does not open under another's name. */
export type Seal = Readonly<{
  close(name: string, plaintext: Uint8Array): Uint8Array;
  /** @throws TributaryError `journal/unreadable` for another key, another name or changed bytes */
  open(name: string, sealed: Uint8Array): Uint8Array;
}>;

const SALT = 32;
const NONCE = new Uint8Array(12);

/** @param key the operator key; whoever has it opens what it sealed */
export function sealOf(key: SigningKey, rng: Rng): Seal {
  const material = fromHex(key.privateKey);
  const keyOf = (salt: Uint8Array, name: string) =>
    platform.hkdfSha256(material, salt, concat(lp(utf8('tributary/v1 client journal')), lp(utf8(name))), 32);
  return {
    close(name, plaintext) {
      const salt = rng.bytes(SALT);
      return concat(salt, platform.aesGcmSeal(keyOf(salt, name), NONCE, plaintext, utf8(name)));
    },
    open(name, sealed) {
      const salt = sealed.slice(0, SALT);
      try {
        return platform.aesGcmOpen(keyOf(salt, name), NONCE, sealed.slice(SALT), utf8(name));
      } catch (cause) {
        throw new TributaryError(
          'journal/unreadable',
          `${name} does not open: it was written with another operator key, or it is damaged`,
          { cause },
        );
      }
    },
  };
}
