/** 32 secret bytes that can't be printed, logged, compared by accident or put into JSON. protocol.md §3.3 */
import { TributaryError } from './error.ts';

const LENGTH = 32;
const REDACTED = '[secret]';

/**
 * A seed or private key. The bytes are copied in; `reveal` is the only way out and easy to search for.
 * JavaScript may have copied them elsewhere, so `erase` shortens exposure rather than ends it.
 */
export class Secret {
  readonly #bytes: Uint8Array;
  #erased = false;

  /** @throws TributaryError `secret/length` unless there are 32 bytes */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== LENGTH) throw new TributaryError('secret/length', 'a secret has 32 bytes');
    this.#bytes = bytes.slice();
  }

  /**
   * The bytes themselves, not a copy: they turn to zero when the secret is erased.
   * @throws TributaryError `secret/erased` after `erase`
   */
  reveal(): Uint8Array {
    if (this.#erased)
      throw new TributaryError('secret/erased', 'this secret was erased at the end of its round');
    return this.#bytes;
  }

  /** Overwrites the bytes; may be called again. */
  erase(): void {
    this.#bytes.fill(0);
    this.#erased = true;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  /** What Node's console and `util.inspect` print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
