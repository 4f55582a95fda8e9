/**
 * A seal on bytes that this process has checked and put on disk: what is read later is the same. GMAC: AES-256-GCM over
 * associated data alone, under a key used once and kept in this process's memory. SP 800-38D; protocol.md §4.4
 */
import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { fromHex, toHex } from '#crypto/bytes.ts';

/**
 * 32 and 16 bytes as hexadecimal text: a coordinator keeps a seal of each input, and arrays of so few bytes would take three times the
 * room. Never written anywhere: who could read it could write other bytes that fit it.
 */
export type Seal = Readonly<{ key: string; tag: string }>;

/** Each key is of one seal, so the nonce need not differ. */
const NONCE = new Uint8Array(12);

/** Seals bytes as they come. */
export class Sealer {
  readonly #key = new Uint8Array(randomBytes(32));
  readonly #gmac = gmac(this.#key);

  push(bytes: Uint8Array): void {
    this.#gmac.push(bytes);
  }

  /** To be called once, after the last bytes. */
  seal(): Seal {
    return { key: toHex(this.#key), tag: toHex(this.#gmac.tag()) };
  }
}

/** Holds bytes against their seal as they are read. */
export class SealCheck {
  readonly #tag: Uint8Array;
  readonly #gmac: ReturnType<typeof gmac>;

  constructor({ key, tag }: Seal) {
    this.#tag = fromHex(tag);
    this.#gmac = gmac(fromHex(key));
  }

  push(bytes: Uint8Array): void {
    this.#gmac.push(bytes);
  }

  /** To be called once, after the last bytes: others pass with a chance of 2^-100 and less. */
  holds(): boolean {
    return timingSafeEqual(this.#gmac.tag(), this.#tag);
  }
}

function gmac(key: Uint8Array) {
  const cipher = createCipheriv('aes-256-gcm', key, NONCE);
  return {
    push: (bytes: Uint8Array) => void cipher.setAAD(bytes),
    tag(): Uint8Array {
      cipher.final();
      return new Uint8Array(cipher.getAuthTag());
    },
  };
}
