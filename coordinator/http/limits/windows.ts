/** Counts by name, each for a window that its first count begins; bounded in memory, whoever sends what. */

export type Counted = Readonly<{ used: number; secondsLeft: number }>;

type Window = { used: number; readonly ends: number };

/**
 * Addresses, or callers, that are counted at once. The one that was counted longest ago makes room: that gives nobody more, for
 * whoever has enough addresses to push one out has the budgets of all of them anyway.
 */
const MOST = 100_000;
const MILLIS = 1_000;

export class Windows {
  readonly #seconds: number;
  readonly #most: number;
  readonly #now: () => number;
  /** The one that was counted longest ago is first. */
  readonly #windows = new Map<string, Window>();

  /** @param now monotonic milliseconds */
  constructor(seconds: number, { most = MOST, now = () => performance.now() } = {}) {
    this.#seconds = seconds;
    this.#most = most;
    this.#now = now;
  }

  get size(): number {
    return this.#windows.size;
  }

  /** @returns what is used with this one */
  add(name: string): Counted {
    const now = this.#now();
    const found = this.#windows.get(name);
    const window = found && found.ends > now ? found : { used: 0, ends: now + this.#seconds * MILLIS };
    window.used += 1;
    this.#windows.delete(name);
    this.#windows.set(name, window);
    if (this.#windows.size > this.#most) this.#forgetOldest();
    return { used: window.used, secondsLeft: Math.ceil(Math.round(window.ends - now) / MILLIS) };
  }

  /** Takes one back, unless its window is over. */
  takeBack(name: string): void {
    const window = this.#windows.get(name);
    if (window && window.used > 0 && window.ends > this.#now()) window.used -= 1;
  }

  #forgetOldest(): void {
    for (const name of this.#windows.keys()) return void this.#windows.delete(name);
  }
}
