/**
 * Notes every use of the AEAD and of the PRG by the platform's primitives, and whose it was. protocol.md §3.1, §3.4
 *
 * What counts as a use: the AEAD encrypts; the PRG's keystream is made while a member masks its input. Opening, and
 * taking masks off a sum (coordinator, attesting members, auditors), read again what was sent, and are no use.
 */
import { toHex } from '#crypto/bytes.ts';
import type { Platform } from '#crypto/platform/interface.ts';
import { platform } from '#platform';

export type SealUse = Readonly<{
  by: string;
  key: string;
  nonce: string;
  data: string;
  output: string;
  aad: string;
}>;
export type StreamUse = Readonly<{ by: string; key: string; counter: string }>;

type Patched = { -readonly [Name in keyof Platform]: Platform[Name] };

export class Recorder {
  readonly seals: SealUse[] = [];
  readonly streams: StreamUse[] = [];
  #by = 'nobody';
  readonly #seal = platform.aesGcmSeal;
  readonly #stream = platform.aesCtrStream;

  start(): void {
    const patched: Patched = platform;
    patched.aesGcmSeal = (key, nonce, plaintext, aad) => {
      const sealed = this.#seal(key, nonce, plaintext, aad);
      const data = toHex(platform.sha256(plaintext)) + toHex(platform.sha256(aad));
      this.seals.push({
        by: this.#by,
        key: toHex(key),
        nonce: toHex(nonce),
        data,
        output: toHex(sealed),
        aad: new TextDecoder().decode(aad),
      });
      return sealed;
    };
    patched.aesCtrStream = (key, counter) => {
      this.streams.push({ by: this.#by, key: toHex(key), counter: toHex(counter) });
      return this.#stream(key, counter);
    };
  }

  stop(): void {
    const patched: Patched = platform;
    patched.aesGcmSeal = this.#seal;
    patched.aesCtrStream = this.#stream;
  }

  /** What is used while a step runs is its actor's. Steps run one after another. */
  async during<T>(by: string, step: () => Promise<T>): Promise<T> {
    this.#by = by;
    try {
      return await step();
    } finally {
      this.#by = 'nobody';
    }
  }
}
