/** Watches the posted rounds of one job beside taking part in it, and challenges a false one. protocol.md §5.6 */
import { isAlarm, postingText, type PostingEvent } from '#contracts/postings/events.ts';
import { postingWatch } from '#contracts/postings/watch.ts';
import { pause, persist } from './backoff.ts';
import { checkPostedRound } from './check-posted.ts';
import { isOver } from './follow-job.ts';
import type { Setting } from './setting.ts';

/** How much seldomer it looks while nothing of the job is in doubt; windows are far longer. */
const calm = 4;

/**
 * @returns when the job is over and no posting of it is open to doubt or dispute; at once where there is no court
 * @throws what the patience's signal aborts with
 */
export async function watchPostings(setting: Setting, job: number): Promise<void> {
  const { court, store, chain, domain, patience, pollMillis } = setting;
  if (!court) return;
  const last = { over: false };
  const pass = postingWatch({
    ...court,
    job,
    async facts() {
      const facts = await chain.facts(job);
      last.over = isOver(facts, setting.now());
      return facts;
    },
    records: setting.postings.of(domain, job),
    check: (facts, settlement) => checkPostedRound(setting, facts, settlement),
    publish: (block) => store.put('dag-cbor', block),
    pollMillis,
  });
  const look = async (): Promise<boolean> => {
    const events = pass();
    for (;;) {
      const { done, value } = await events.next();
      if (done) return value;
      tell(setting, job, value);
    }
  };
  for (;;) {
    const atRest = await persist(look, patience);
    if (atRest && last.over) return;
    await pause(atRest ? calm * pollMillis : pollMillis, patience.signal);
  }
}

function tell({ log }: Setting, job: number, event: PostingEvent): void {
  const { kind, ...facts } = event;
  const code = 'flaw' in event ? { code: event.flaw.code } : {};
  log[isAlarm(event) ? 'warn' : 'info'](
    { job, posting: kind, ...facts, ...code },
    `job ${job}: ${postingText(event)}`,
  );
}
