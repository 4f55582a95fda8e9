/** Failed: whose fault it is, if the coordinator proves it; the proof is kept, for it names who to deal with no more. protocol.md §4.10 */
import type { ViewOf } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import { culpritOf, faultProven } from '#protocol/rules/fault.ts';
import type { Attempt } from '../attempt.ts';

/** @returns why the coordinator's accusation proves nothing; null where it does, or there is none */
export async function keepFault(attempt: Attempt, { fault }: ViewOf<'failed'>): Promise<Flaw | null> {
  const { id, job, log, record } = attempt;
  if (!fault || record.decided('fault')) return null;
  const committed = fault.roster.graph === 'sparse' ? await attempt.readCommitted(id) : null;
  const seats = await attempt.readSeats();
  const broken = faultProven({ domain: job.id, id, seats, sparse: job.sparse, committed }, fault);
  if (broken) return broken;
  record.decide('fault', fault);
  const { seat, operator } = fault.enrolment.message;
  log.warn({ ...id, seat, operator }, `the attempt failed: ${culpritOf(fault)}`);
  return null;
}
