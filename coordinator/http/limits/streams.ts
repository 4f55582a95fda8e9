/** How many streams are open at once: each holds a connection and asks the database at every change. docs/operations-observability.md */
import { TributaryError } from '#crypto/error.ts';
import { RetryAfter } from '../../gate/retry-after.ts';
import type { Limits } from '../../operations/limits.ts';

const RETRY_MILLIS = 30_000;

/**
 * Takes a place for a stream of an address, until the signal aborts.
 *
 * @throws TributaryError `events/too-many-streams`, `events/full`
 */
export type TakePlace = (address: string, gone: AbortSignal) => void;

/**
 * Counts are this process's.
 *
 * @param limits as they are now: asked for each stream
 */
export function streamPlaces(limits: () => Pick<Limits, 'streams'>): TakePlace {
  const open = new Map<string, number>();
  let all = 0;
  return (address, gone) => {
    const { streams } = limits();
    const own = open.get(address) ?? 0;
    if (own >= streams.address)
      throw refused('events/too-many-streams', `${streams.address} streams are open from this address`);
    if (all >= streams.all) throw refused('events/full', `${streams.all} streams are open here`);
    if (gone.aborted) return;
    open.set(address, own + 1);
    all += 1;
    gone.addEventListener(
      'abort',
      () => {
        all -= 1;
        const left = (open.get(address) ?? 1) - 1;
        if (left > 0) open.set(address, left);
        else open.delete(address);
      },
      { once: true },
    );
  };
}

const refused = (code: string, what: string): TributaryError =>
  new TributaryError(code, `${what}: read the state by a long poll, or try again later`, {
    cause: new RetryAfter(RETRY_MILLIS),
  });
