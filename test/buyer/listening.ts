/** Reads a watch's events as they come, and waits for one of them. */
import type { Events, WatchEvent } from '#buyer/watch-events.ts';

const patienceMillis = 50_000;

export type Listening = Readonly<{
  all: readonly WatchEvent[];
  /** The first event, from now or before, that a test asks for. */
  until(wanted: (event: WatchEvent) => boolean): Promise<WatchEvent>;
  done: Promise<void>;
}>;

export function listen(events: Events): Listening {
  const all: WatchEvent[] = [];
  let wake: () => void = () => undefined;
  let ended = false;
  const done = (async () => {
    try {
      for await (const event of events) {
        all.push(event);
        wake();
      }
    } finally {
      ended = true;
      wake();
    }
  })();
  done.catch(() => undefined);
  return {
    all,
    done,
    async until(wanted) {
      const deadline = Date.now() + patienceMillis;
      for (;;) {
        const found = all.find(wanted);
        if (found) return found;
        if (ended || Date.now() > deadline) {
          throw new Error(`it did not come: ${all.map(({ kind }) => kind).join(', ')}`);
        }
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, 200);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

/** An event of the watch over posted rounds. */
export const posting =
  (kind: string, round?: number) =>
  (event: WatchEvent): boolean =>
    event.kind === 'posting' &&
    event.posting.kind === kind &&
    (round === undefined || ('round' in event.posting && event.posting.round === round));
