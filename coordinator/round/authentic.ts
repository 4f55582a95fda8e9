/** Whether a message is of this attempt and by whom it says: asked before anything else. protocol.md §4.1 */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { AttemptId } from '#protocol/job-id.ts';
import type { Signed } from '#protocol/messages.ts';
import { memberFlaw } from '#protocol/rules/phase-messages.ts';
import { enrolmentFlaw } from '#protocol/rules/roster.ts';
import { signedBy } from '#protocol/signature.ts';
import type { PrimaryType } from '#protocol/typed-data.ts';
import type { Attempt, MessageEvent } from './attempt.ts';
import type { AttemptRules } from './base.ts';
import { frameOf } from './frame.ts';

type FromMember = Parameters<typeof memberFlaw>[2];

/** @returns null where attempt, sender and signature are right */
export function authenticityFlaw(state: Attempt, event: MessageEvent): Flaw | null {
  switch (event.type) {
    case 'enrolment':
      return byEnrolledSeat(state.rules, event.envelope);
    case 'shares':
      return byMember(state, 'Shares', event.upload);
    case 'received':
      return byMember(state, 'Received', event.envelope);
    case 'input':
      return byMember(state, 'Input', event.envelope);
    case 'confirm':
      return byMember(state, 'Confirm', event.envelope);
    case 'abort':
      return byMember(state, 'Abort', event.envelope);
    case 'unmasking':
      return byMember(state, 'Unmasking', event.upload);
    case 'attestation':
      return bySeat(state.rules, 'Attestation', event.upload, event.upload.seat);
    case 'refusal':
      return bySeat(state.rules, 'Refusal', event.envelope, event.envelope.message.seat);
    case 'approval':
      // The driver asks the chain about the buyer's signature: the buyer may be a contract.
      return ofThisAttempt(state.rules, event.upload.message, 'the approval');
    default:
      return event satisfies never;
  }
}

/** What a message of another phase than the present is told. */
export const wrongPhase = (state: Attempt, what: string): Flaw =>
  flaw('attempt/wrong-phase', `this attempt is ${state.phase}, which takes no ${what}: read it again`);

function byEnrolledSeat(
  { domain, expected, seats }: AttemptRules,
  envelope: Parameters<typeof enrolmentFlaw>[1],
) {
  const seat = seats[envelope.message.seat];
  return enrolmentFlaw(domain, envelope, expected, seat && { ...seat, dataset: BigInt(seat.dataset) });
}

function byMember(state: Attempt, type: PrimaryType, { message, signature }: FromMember): Flaw | null {
  if (!('draw' in state) || state.enrolments.length === 0) {
    return ofThisAttempt(state.rules, message, `the ${type}`) ?? wrongPhase(state, type);
  }
  return memberFlaw(frameOf(state), type, { message, signature });
}

function bySeat(
  rules: AttemptRules,
  type: PrimaryType,
  envelope: Signed<AttemptId>,
  seat: number,
): Flaw | null {
  const { message, signature } = envelope;
  const operator = rules.seats[seat]?.operator;
  if (!operator)
    return flaw('message/unknown-seat', `seat ${seat} is not a seat of job ${rules.expected.job}`);
  return (
    ofThisAttempt(rules, message, `the ${type}`) ??
    (signedBy(operator, rules.domain, type, { message, signature })
      ? null
      : flaw('message/bad-signature', `seat ${seat}: the ${type} is not signed by its operator`))
  );
}

function ofThisAttempt({ expected }: AttemptRules, message: AttemptId, what: string): Flaw | null {
  const { job, round, attempt } = expected;
  return message.job === job && message.round === round && message.attempt === attempt
    ? null
    : flaw('message/other-attempt', `${what} is for another job, round or attempt`);
}
