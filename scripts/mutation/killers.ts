/** Which test files can tell a mutant from the original, and which of them to run first. */
import type { Reach } from '../probes/run.ts';
import type { Site } from './sites.ts';

/** A mutant may take this many times as long as the unchanged contracts, and a minute more for a busy machine. */
const PATIENCE = 4;
const GRACE_MS = 60_000;

/** What starting a chain and deploying to it adds to a file's tests. */
const START_MS = 1_000;

export class Killers {
  readonly timeoutMs: number;
  readonly #milliseconds: ReadonlyMap<string, number>;
  readonly #reach: Reach;
  readonly #found = new Map<string, number>();

  /** @param milliseconds how long the tests of each file take on the unchanged contracts */
  constructor(milliseconds: ReadonlyMap<string, number>, reach: Reach) {
    this.#milliseconds = milliseconds;
    this.#reach = reach;
    const usual = [...milliseconds.values()].reduce((sum, each) => sum + each + START_MS, 0);
    this.timeoutMs = usual * PATIENCE + GRACE_MS;
  }

  /**
   * Files that run the changed function, those first that run most of it in the least time, or have found others there.
   * A file that never runs it does the same on the mutant. What is in no function can matter to all of them.
   */
  order(site: Site): string[] {
    const numbers = this.#probesOf(site);
    const cost = (file: string): number => {
      const hits = this.#reach.hits.get(file);
      const part =
        numbers.length === 0 ? 1 : numbers.filter((number) => hits?.has(number)).length / numbers.length;
      const found = this.#found.get(keyOf(site, file)) ?? 0;
      return ((this.#milliseconds.get(file) ?? 0) + START_MS) / (part * (1 + found));
    };
    return [...this.#milliseconds.keys()]
      .map((file) => ({ file, cost: cost(file) }))
      .filter((one) => Number.isFinite(one.cost))
      .sort((a, b) => a.cost - b.cost)
      .map(({ file }) => file);
  }

  note(site: Site, file: string): void {
    const key = keyOf(site, file);
    this.#found.set(key, (this.#found.get(key) ?? 0) + 1);
  }

  #probesOf(site: Site): number[] {
    return this.#reach.probes.flatMap((probe, number) =>
      probe.file === site.file && probe.function === site.function ? [number] : [],
    );
  }
}

function keyOf(site: Site, file: string): string {
  return `${site.file} ${site.function} ${file}`;
}
