/** What is spent is erased: after a round's settlement is on chain, or when its job ends. protocol.md §4.7 */
import type { Domain } from '#protocol/typed-data.ts';
import type { Journal } from '../journal/journal.ts';

/**
 * Erases seeds, shares, ephemeral keys, masked vectors and quantised inputs of a job's rounds. Decisions stay, and so
 * does the memory of what was sent.
 *
 * @param lastRound the last round that is settled; Infinity where the job is over
 */
export function eraseSpent(
  journal: Journal,
  domain: Domain,
  job: number,
  dataset: number,
  lastRound: number,
): void {
  for (const id of journal.attemptsOf(domain, job)) {
    if (id.round > lastRound) continue;
    const record = journal.attempt(domain, id);
    const model = record.decided('enrolment')?.message.model;
    record.erase();
    if (model) journal.eraseUpdates(dataset, model);
  }
}
