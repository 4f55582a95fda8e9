/**
 * Events that wait for their turn, taken together: what came while the disk was busy with others is one transaction, and one
 * sync. Each is judged by itself, on what those before it made of the job; none is answered before all of it is on disk.
 */
import type { Seconds } from '#protocol/units.ts';
import { afterDeadline, judge, type Came, type Next } from './decisions.ts';
import type { Decide } from './keeper.ts';
import type { Present } from './present.ts';

type Arrival = Came & Readonly<{ resolve: (isNew: boolean) => void; reject: (error: unknown) => void }>;
/** What an arrival will be told. */
type Verdict = Readonly<{ isNew: boolean } | { error: unknown }>;

/** Between two transactions others get their turn: reads, and bodies that come in. */
const MOST_AT_ONCE = 64;

export class Arrivals {
  #waiting: Arrival[] = [];

  /** @returns whether it was new, once that is on disk. @throws what it was refused for, or what the disk said */
  add(came: Came): Promise<boolean> {
    return new Promise((resolve, reject) => this.#waiting.push({ ...came, resolve, reject }));
  }

  /** Takes all that wait now. @param step what decides and saves; what it throws is told to those that were judged */
  async take(step: (decide: Decide) => Promise<unknown>, now: () => Seconds): Promise<void> {
    let waiting = this.#waiting.splice(0);
    while (waiting.length > 0) {
      let verdicts: Verdict[] = [];
      const decide: Decide = async (present, reading) => {
        verdicts = [];
        const ended = afterDeadline(present, now());
        if (ended) return ended;
        let next: Next | null = null;
        for (const came of waiting.slice(0, MOST_AT_ONCE)) {
          try {
            const judged = await judge(next?.present ?? present, reading, came, now());
            if (next && judged && goesAlone(judged, next.present)) break;
            verdicts.push({ isNew: judged !== null });
            next = judged ?? next;
          } catch (error) {
            verdicts.push({ error });
          }
          if (next && goesAlone(next, present)) break;
        }
        return next;
      };
      try {
        await step(decide);
      } catch (error) {
        // Not even that it was there before may be said of what is not on disk. Where nothing was judged, nothing can be.
        const failed = verdicts.length > 0 ? verdicts : waiting;
        verdicts = failed.map(() => ({ error }));
      }
      tell(waiting, verdicts);
      waiting = waiting.slice(verdicts.length);
    }
  }
}

/** Another phase has effects, and the test hook may let it stand; and a transaction has one message beside its state. */
const goesAlone = ({ message, ended, present }: Next, before: Present): boolean =>
  message !== null ||
  ended !== null ||
  present.job !== before.job ||
  present.current.state.phase !== before.current.state.phase;

function tell(waiting: readonly Arrival[], verdicts: readonly Verdict[]): void {
  for (const [at, verdict] of verdicts.entries()) {
    if ('error' in verdict) waiting[at]?.reject(verdict.error);
    else waiting[at]?.resolve(verdict.isNew);
  }
}
