/** Announced and enrolling: trains, journals the quantised input, and only then sends two keys. protocol.md §4.2 */
import { toHex } from '#crypto/bytes.ts';
import { generateKeys } from '#crypto/agreement.ts';
import { TributaryError } from '#crypto/error.ts';
import type { ViewOf } from '#protocol/attempt-view.ts';
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Enrolment } from '#protocol/messages.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { deliver, sign, type Attempt } from '../attempt.ts';
import type { Update } from '../journal/update-journal.ts';
import { isFlaw } from './membership.ts';
import { retryFlaw, updateKeyOf } from './retry.ts';

export async function enrol(
  attempt: Attempt,
  view: ViewOf<'announced'> | ViewOf<'enrolling'>,
): Promise<Flaw | null> {
  if (!attempt.record.decided('enrolment')) {
    const broken = deadlineFlaw(attempt, view.deadline) ?? (await retryFlaw(attempt));
    if (broken) return broken;

    await attempt.hold('announced');
    const trained = await trainedUpdate(attempt);
    if (isFlaw(trained)) return trained;
    await attempt.hold('enrolling');

    // Training took its time: an enrolment that comes too late only burns keys.
    const late = deadlineFlaw(attempt, view.deadline);
    if (late) return late;
    journalEnrolment(attempt, view.deadline, trained.backend);
  }
  const enrolment = attempt.record.decided('enrolment');
  if (enrolment) await deliver(attempt, 'enrolment', () => attempt.api.enrol(attempt.id, enrolment));
  return null;
}

/** The quantised input for this model: the journalled one, for ever, or a newly trained one, journalled at once. */
export async function trainedUpdate(attempt: Attempt): Promise<Update | Flaw> {
  const key = updateKeyOf(attempt);
  const kept = attempt.journal.update(key);
  if (kept) return kept;
  const update = await trainOrSay(attempt);
  if (!isFlaw(update)) attempt.journal.keepUpdate(key, update);
  return update;
}

/** A model that diverges, or rows that the recipe does not fit, keep the owner out of the round and no more. */
async function trainOrSay(attempt: Attempt): Promise<Update | Flaw> {
  try {
    return await attempt.train();
  } catch (error) {
    if (error instanceof TributaryError) return flaw(error.code, error.message);
    throw error;
  }
}

function journalEnrolment(attempt: Attempt, deadline: Enrolment['deadline'], backend: string): void {
  const keys = generateKeys(attempt.rng);
  attempt.record.keep('keys', {
    channel: toHex(keys.channel.secret.reveal()),
    mask: toHex(keys.mask.secret.reveal()),
  });
  const { model, recipe, terms, parameters } = attempt.expected;
  attempt.record.decide(
    'enrolment',
    sign(attempt, 'Enrolment', {
      ...attempt.id,
      seat: attempt.seat,
      operator: attempt.operator,
      channelKey: toHex(keys.channel.publicKey) as Bytes32,
      maskKey: toHex(keys.mask.publicKey) as Bytes32,
      model,
      recipe,
      terms,
      parameters,
      deadline,
      backend,
    }),
  );
}

const deadlineFlaw = ({ now }: Attempt, deadline: number): Flaw | null =>
  now() > deadline ? flaw('enrol/too-late', 'the time to enrol in this attempt is over') : null;
