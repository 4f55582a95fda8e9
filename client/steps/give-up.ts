/** Aborts for attempts that ended without a sum: T of them let everyone mask the same input again. protocol.md §4.8 */
import { TributaryError } from '#crypto/error.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { deliver, sign, type Attempt } from '../attempt.ts';
import { isFlaw, membershipIn } from './membership.ts';

/** Gives up every earlier attempt of the round that a view names, as far as this client was in it. */
export async function giveUpEarlier(attempt: Attempt, { earlier }: AttemptView): Promise<void> {
  for (const { attempt: number, roster } of earlier) {
    if (number < attempt.id.attempt) await giveUp(earlierAttempt(attempt, number), roster);
  }
}

/**
 * Says that it gives an attempt up, which it can always do until it confirmed the attempt or opened shares of it.
 *
 * @param shown the roster as the coordinator shows it, where this client accepted none yet
 */
export async function giveUp(attempt: Attempt, shown: readonly Signed<Enrolment>[] | null): Promise<void> {
  const { record, api, id } = attempt;
  if (!record.decided('enrolment') || record.decided('unmasking')) return;
  // Of a sparse attempt the escrow says how it ended.
  if (record.decided('neighbourhood')) return;
  const verdict = record.decided('verdict') ?? (await abortOf(attempt, shown));
  if (verdict?.kind !== 'abort') return;
  try {
    await deliver(attempt, `abort ${id.attempt}`, () => api.abort(id, verdict.envelope));
  } catch (error) {
    // The attempt is over: whoever won't hear of the abort must not keep this client from the next one.
    if (!(error instanceof TributaryError) || error.code.endsWith('/unreachable')) throw error;
    attempt.log.warn({ attempt: id.attempt, code: error.code }, `the abort was refused: ${error.message}`);
  }
}

async function abortOf(attempt: Attempt, shown: readonly Signed<Enrolment>[] | null) {
  const roster = attempt.record.decided('roster') ?? shown;
  const membership = roster && (await membershipIn(attempt, roster));
  if (!membership || isFlaw(membership)) return null;
  const { member, roster: accepted } = membership;
  const message = { ...attempt.id, member, roster: accepted.root, reason: 'attempt/ended' };
  const verdict = { kind: 'abort', envelope: sign(attempt, 'Abort', message) } as const;
  attempt.record.decide('verdict', verdict);
  return verdict;
}

/** The same round, model and terms: only the number of the try differs. */
function earlierAttempt(attempt: Attempt, number: number): Attempt {
  const id = { ...attempt.id, attempt: number };
  return {
    ...attempt,
    id,
    expected: { ...attempt.expected, ...id },
    record: attempt.journal.attempt(attempt.job.id, id),
  };
}
