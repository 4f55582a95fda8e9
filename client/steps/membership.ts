/** The roster of an attempt as this client accepts it, once: its place in it, its cohort. protocol.md §4.2 */
import { flaw, type Flaw } from '#protocol/flaw.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, rosterFlaw, type Roster, type SeatFacts } from '#protocol/rules/roster.ts';
import { drawFlaw, LARGEST_COMPLETE } from '#protocol/rules/sparse.ts';
import type { Attempt } from '../attempt.ts';

/** A client's place in the frozen roster. */
export type Membership = Readonly<{ frame: Frame; roster: Roster; member: number }>;

export const isFlaw = (outcome: object): outcome is Flaw => 'code' in outcome;

/**
 * The client's membership by the roster that the coordinator shows. The first roster that passes every check is
 * journalled; from then on it is the only one.
 */
export async function membershipIn(
  attempt: Attempt,
  enrolments: readonly Signed<Enrolment>[],
): Promise<Membership | Flaw> {
  const own = attempt.record.decided('enrolment');
  if (!own) return flaw('roster/not-enrolled', 'this client did not enrol in the attempt');

  const accepted = attempt.record.decided('roster');
  if (accepted) {
    const roster = buildRoster(attempt.job.id, accepted);
    return sameEnrolments(accepted, enrolments) ? placeIn(attempt, roster) : changedRoster;
  }

  if (attempt.record.decided('neighbourhood')) return changedRoster;

  const seats = await attempt.readSeats();
  const broken =
    (enrolments.length > LARGEST_COMPLETE
      ? flaw('roster/too-large', `a roster has at most ${LARGEST_COMPLETE} members, not ${enrolments.length}`)
      : null) ??
    drawFlaw(enrolments.length, attempt.job.sparse, null) ??
    rosterFlaw(attempt.job.id, enrolments, attempt.expected, seats) ??
    ownEnrolmentFlaw(enrolments, own) ??
    minimumFlaw(attempt.job.manifest.minimumCohort, enrolments.length) ??
    attempt.cohortFlaw(cohortOf(enrolments, seats));
  if (broken) return broken;

  attempt.record.decide('roster', [...enrolments]);
  return placeIn(attempt, buildRoster(attempt.job.id, enrolments));
}

export const changedRoster = flaw(
  'roster/changed',
  'the coordinator shows another roster than the one this client accepted',
);

function placeIn({ job, id, seat }: Attempt, roster: Roster): Membership {
  return {
    frame: { domain: job.id, id, roster },
    roster,
    member: roster.members.findIndex((member) => member.seat === seat),
  };
}

/** Its own enrolment stands in the roster as it was sent, with its own keys. */
export function ownEnrolmentFlaw(
  enrolments: readonly Signed<Enrolment>[],
  own: Signed<Enrolment>,
): Flaw | null {
  const shown = enrolments.find(({ message }) => message.seat === own.message.seat);
  if (!shown) return flaw('roster/left-out', 'the coordinator left this client out of the roster');
  return sameEnrolments([shown], [own])
    ? null
    : flaw('roster/own-keys', 'the roster holds another enrolment of this seat than the one it sent');
}

export const minimumFlaw = (minimum: number, members: number): Flaw | null =>
  members < minimum
    ? flaw('roster/below-minimum', `the terms ask for ${minimum} members, the roster has ${members}`)
    : null;

/** The chain's facts of some members' seats. */
export function cohortOf(enrolments: readonly Signed<Enrolment>[], seats: readonly SeatFacts[]): SeatFacts[] {
  return enrolments.map(({ message }) => seats[message.seat]).filter((seat) => seat !== undefined);
}

/** Whether two lists hold the same enrolments in the same order, field by field. */
const sameEnrolments = (a: readonly Signed<Enrolment>[], b: readonly Signed<Enrolment>[]): boolean =>
  a.length === b.length && a.every(({ message }, at) => sameFields(message, b[at]?.message ?? {}));

/** All fields of a message are numbers and text. */
function sameFields(a: object, b: object): boolean {
  const fields = new Map<string, unknown>(Object.entries(b));
  const own = Object.entries(a) as [string, unknown][];
  return own.length === fields.size && own.every(([name, value]) => fields.get(name) === value);
}
