/** Enrolling: seats send their keys for this attempt, until the roster is frozen. protocol.md §4.2 */
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import type { Seconds } from '#protocol/units.ts';
import { abandon, type Aborted } from './aborted.ts';
import { later, refuse, type AttemptBase, type AttemptRules, type Refusal } from './base.ts';
import type { Sharing } from './sharing.ts';
import { inserted } from './slots.ts';

export type Enrolling = AttemptBase &
  Readonly<{
    phase: 'enrolling';
    /** In seat order. */
    enrolments: readonly Signed<Enrolment>[];
  }>;

/** protocol.md §3.7 */
const SMALLEST_ROSTER = 3;
const LARGEST_ROSTER = 100;

/** Terms, operator, signature and keys were checked (authentic.ts), and the seat's slot is free. */
export function onEnrolment(
  state: Enrolling,
  envelope: Signed<Enrolment>,
  now: Seconds,
): Enrolling | Sharing | Refusal {
  const { message } = envelope;
  const broken = standingFlaw(state, message) ?? duplicateFlaw(state, message);
  if (broken) return broken;
  const enrolments = inserted(state.enrolments, envelope, (entry) => entry.message.seat);
  const next = { ...state, enrolments };
  const whole = enrolments.length === LARGEST_ROSTER || !someoneMayJoin(state.rules, enrolments);
  return whole && isEnough(next) ? sharing(next, now) : next;
}

export function onDeadline(state: Enrolling, now: Seconds): Sharing | Aborted {
  return isEnough(state) ? sharing(state, now) : abandon(state, 'too few enrolments');
}

function standingFlaw({ rules, deadline }: Enrolling, message: Enrolment): Refusal | null {
  if ((rules.seats[message.seat]?.unitsLeft ?? 0) < 1) {
    return refuse('enrolment/no-units', `seat ${message.seat} has been paid for all of its rounds`);
  }
  if (message.deadline <= rules.announcedAt || message.deadline > deadline) {
    return refuse('enrolment/deadline', `seat ${message.seat} names a deadline that this attempt never had`);
  }
  return null;
}

function duplicateFlaw({ rules, enrolments }: Enrolling, message: Enrolment): Refusal | null {
  const others = enrolments.map((entry) => entry.message);
  const ownerOf = (seat: number) => rules.seats[seat]?.owner;
  if (others.some(({ operator }) => operator === message.operator)) {
    return refuse('enrolment/duplicate-operator', `operator ${message.operator} enrolled another seat`);
  }
  if (others.some(({ seat }) => ownerOf(seat) === ownerOf(message.seat))) {
    return refuse(
      'enrolment/duplicate-owner',
      `the owner of seat ${message.seat} has another dataset in this roster`,
    );
  }
  const keys = others.flatMap(({ channelKey, maskKey }) => [channelKey, maskKey]);
  if (
    message.channelKey === message.maskKey ||
    keys.includes(message.channelKey) ||
    keys.includes(message.maskKey)
  ) {
    return refuse('enrolment/duplicate-key', `seat ${message.seat} sent a key that is in use: make new ones`);
  }
  return null;
}

/** Whether a seat is left that has units, and neither its owner's nor its operator's other seat is in already. */
function someoneMayJoin({ seats }: AttemptRules, enrolments: readonly Signed<Enrolment>[]): boolean {
  const operators = new Set(enrolments.map(({ message }) => message.operator));
  const owners = new Set(enrolments.map(({ message }) => seats[message.seat]?.owner));
  return seats.some((seat) => seat.unitsLeft > 0 && !operators.has(seat.operator) && !owners.has(seat.owner));
}

function isEnough({ rules, enrolments }: Enrolling): boolean {
  return enrolments.length >= Math.max(SMALLEST_ROSTER, rules.minimumCohort);
}

function sharing({ rules, enrolments }: Enrolling, now: Seconds): Sharing {
  const { root } = buildRoster(rules.domain, enrolments);
  const deadline = later(now, rules.phases.sharing);
  return { phase: 'sharing', rules, deadline, enrolments, roster: root, shares: [] };
}
