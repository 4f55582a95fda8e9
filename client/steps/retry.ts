/** No difference attack: when another input for the same dataset and model may leave. protocol.md §4.8 */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptView } from '#protocol/attempt-view.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Abort, Signed } from '#protocol/messages.ts';
import { abortsFlaw } from '#protocol/rules/phase-messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import type { Attempt } from '../attempt.ts';
import type { SentInput } from '../journal/decisions.ts';
import { isOf, type UpdateKey } from '../journal/update-journal.ts';

/** What this attempt's quantised input is computed from, and for. */
export const updateKeyOf = ({ dataset, model, job }: Attempt): UpdateKey => ({
  dataset,
  model: model.digest,
  recipe: job.digests.recipe,
  parameters: job.digests.parameters,
});

/** Inputs that went out for this dataset and model in other attempts, of this job or any. */
const sentBefore = ({ journal, dataset, model, job, id }: Attempt): SentInput[] =>
  journal.sentInputs(dataset, model.digest).filter((sent) => !isOf(sent, job.id, id));

/**
 * Whether this attempt may have an input: each earlier one for the same dataset and model was given up, by T members of
 * the roster that it was masked for, or, where its graph was sparse, on chain; and the same quantised input is there to
 * be masked again.
 */
export async function retryFlaw(attempt: Attempt): Promise<Flaw | null> {
  const earlier = sentBefore(attempt);
  for (const sent of earlier) {
    const broken = await releaseFlaw(attempt, sent);
    if (broken) return broken;
  }
  const masksTheSame = earlier.length === 0 || attempt.journal.update(updateKeyOf(attempt)) !== null;
  return masksTheSame
    ? null
    : flaw(
        'retry/other-input',
        'an input for this model was sent, and it is not kept: a new one may not follow it',
      );
}

async function releaseFlaw(attempt: Attempt, sent: SentInput): Promise<Flaw | null> {
  const { journal, job } = attempt;
  const place = `round ${sent.round}, attempt ${sent.attempt} of job ${sent.job}`;
  const record = journal.attempt(sent, sent);
  if (record.decided('unmasking')) {
    return flaw('retry/already-revealed', `this client opened shares of ${place}: its sum may be known`);
  }
  if (record.decided('neighbourhood')) {
    const sameEscrow = sent.chainId === job.id.chainId && sent.escrow === job.id.escrow;
    const outcome = sameEscrow ? (await attempt.readAttempt(sent)).outcome : 'none';
    return outcome === 'aborted'
      ? null
      : flaw(
          'retry/not-aborted',
          `an input for this model was sent in ${place}, which the escrow has not aborted`,
        );
  }
  const roster = record.decided('roster');
  const aborts = record.decided('aborts');
  if (!roster || !aborts) {
    return flaw(
      'retry/no-aborts',
      `an input for this model was sent in ${place}, which its members have not aborted`,
    );
  }
  return abortsFlaw({ domain: sent, id: sent, roster: buildRoster(sent, roster) }, aborts);
}

/**
 * Journals the aborts of earlier attempts that a view shows, where T members of the roster that this client itself
 * accepted signed them; of the roster that the coordinator shows beside them nothing is believed.
 */
export function keepAborts(attempt: Attempt, view: AttemptView): void {
  const { job, round } = view;
  for (const { attempt: number, aborts } of view.earlier) {
    keepAbortsOf(attempt, { job, round, attempt: number }, aborts);
  }
  if (view.phase === 'aborted') keepAbortsOf(attempt, attempt.id, view.aborts);
}

function keepAbortsOf({ journal, job }: Attempt, id: AttemptId, aborts: readonly Signed<Abort>[]): void {
  const record = journal.attempt(job.id, id);
  const accepted = record.decided('roster');
  if (!accepted || record.decided('aborts')) return;
  const frame = { domain: job.id, id, roster: buildRoster(job.id, accepted) };
  if (abortsFlaw(frame, aborts) === null) record.decide('aborts', [...aborts]);
}
