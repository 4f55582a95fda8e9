/** When a check that failed is due again: soon at first, then each minute, and once more when the window is nearly over. */
const longestMillis = 60_000;

export class Retries {
  readonly #first: number;
  readonly #byHead = new Map<string, { due: number; wait: number; late: boolean }>();

  /** @param first milliseconds before the second try */
  constructor(first: number) {
    this.#first = first;
  }

  /** @param late whether the last quarter of the posting's window has begun */
  isDue(head: string, late: boolean): boolean {
    const kept = this.#byHead.get(head);
    return !kept || Date.now() >= kept.due || (late && !kept.late);
  }

  failed(head: string, late: boolean): void {
    const wait = Math.min(2 * (this.#byHead.get(head)?.wait ?? this.#first / 2), longestMillis);
    this.#byHead.set(head, { due: Date.now() + wait, wait, late });
  }
}
