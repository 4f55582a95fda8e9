/** Watches the posted rounds of a job beside approving them, and challenges a false one as the buyer. protocol.md §5.6 */
import { readJobFacts } from '#contracts/job-facts.ts';
import { postingWatch } from '#contracts/postings/watch.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { passes, pause } from './backoff.ts';
import { checkPostedRound } from './check-posted.ts';
import { postingsOf } from './postings.ts';
import { domainOf, type BuyerSetting } from './setting.ts';
import { waiting, type Events, type WatchOptions } from './watch-events.ts';

/** What the watch over rounds knows of the watch over postings. */
export type Court = {
  /** No posting is open to doubt or dispute, as the chain was looked at last. */
  atRest: boolean;
  /** How often that was. */
  looks: number;
  /** The last posting that was seen then. */
  last: Bytes32 | null;
};

/** @returns events until its signal aborts */
export async function* watchPostings(
  setting: BuyerSetting,
  options: Required<WatchOptions>,
  court: Court,
  signal: AbortSignal,
): Events {
  const { job, connect, now, patience, challenges } = options;
  const { contracts, store, home } = setting;
  let seen: Bytes32 | null = null;
  const pass = postingWatch({
    job,
    contracts,
    rules: challenges,
    async facts() {
      const facts = await readJobFacts(contracts, job);
      seen = facts.settlements.at(-1)?.head ?? null;
      return facts;
    },
    records: postingsOf(home, domainOf(setting), job),
    check: (facts, settlement) =>
      checkPostedRound({ ...setting, connect, signal: patience.signal, now }, facts, settlement),
    publish: (block) => store.put('dag-cbor', block),
    pollMillis: patience.pollMillis,
  });
  for (let said = ''; ;) {
    signal.throwIfAborted();
    const events = pass();
    try {
      for (;;) {
        const { done, value } = await events.next();
        if (done) {
          Object.assign(court, { atRest: value, last: seen, looks: court.looks + 1 });
          break;
        }
        court.atRest = false;
        yield { kind: 'posting', posting: value };
      }
      said = '';
    } catch (error) {
      signal.throwIfAborted();
      if (!passes(error)) throw error;
      if (error.code !== said) yield waiting(error);
      said = error.code;
    }
    await pause(patience.pollMillis, signal);
  }
}
