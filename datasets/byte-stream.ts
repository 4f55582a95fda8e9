/** Bytes that come in pieces of any length, taken in the lengths that their reader wants. */
export class ByteStream {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** @returns exactly so many bytes, or null where the stream ends before; nothing more is asked for than is needed */
  async take(length: number): Promise<Uint8Array | null> {
    const taken = new Uint8Array(length);
    for (let have = 0; have < length;) {
      if (!(await this.#fill())) return null;
      const part = this.#rest.subarray(0, length - have);
      taken.set(part, have);
      have += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return taken;
  }

  /** Whether nothing follows. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#fill());
  }

  async #fill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next();
      if (next.done) return false;
      this.#rest = next.value;
    }
    return true;
  }
}
