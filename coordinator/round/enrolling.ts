/** Enrolling: seats send their keys for this attempt, until the roster is frozen. protocol.md §4.2 */
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { buildRoster } from '#protocol/rules/roster.ts';
import { isSparse, largestRoster, unsafeFlaw } from '#protocol/rules/sparse.ts';
import type { Seconds } from '#protocol/units.ts';
import { abandon, type Aborted } from './aborted.ts';
import { later, leastMembers, refuse, type AttemptBase, type AttemptRules, type Refusal } from './base.ts';
import { drawing, type Drawing } from './drawing.ts';
import type { Sharing } from './sharing.ts';
import { inserted } from './slots.ts';

/** What enrolling ends in. */
type Frozen = Drawing | Sharing | Aborted;

export type Enrolling = AttemptBase &
  Readonly<{
    phase: 'enrolling';
    /** In seat order. */
    enrolments: readonly Signed<Enrolment>[];
  }>;

/** Terms, operator, signature and keys were checked (authentic.ts), and the seat's slot is free. */
export function onEnrolment(
  state: Enrolling,
  envelope: Signed<Enrolment>,
  now: Seconds,
): Enrolling | Frozen | Refusal {
  const { message } = envelope;
  const broken = standingFlaw(state, message) ?? duplicateFlaw(state, message);
  if (broken) return broken;
  const enrolments = inserted(state.enrolments, envelope, (entry) => entry.message.seat);
  const next = { ...state, enrolments };
  const whole =
    enrolments.length === largestRoster(state.rules.sparse) || !someoneMayJoin(state.rules, enrolments);
  return whole && isEnough(next) ? freeze(next, now) : next;
}

export function onDeadline(state: Enrolling, now: Seconds): Frozen {
  return isEnough(state) ? freeze(state, now) : abandon(state, 'too few enrolments');
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
  return enrolments.length >= leastMembers(rules);
}

/** A large roster goes on chain first, and its graph is drawn. */
function freeze(state: Enrolling, now: Seconds): Frozen {
  const { rules, enrolments } = state;
  if (isSparse(rules.sparse, enrolments.length)) {
    const unsafe = unsafeFlaw(enrolments.length, rules.sparse);
    return unsafe ? abandon(state, unsafe.detail) : drawing(state, enrolments);
  }
  const { root } = buildRoster(rules.domain, enrolments);
  const deadline = later(now, rules.phases.sharing);
  return { phase: 'sharing', rules, deadline, enrolments, roster: root, draw: null, shares: [] };
}
