/** Confirming: T survivors vouch for one U3, or T members give the attempt up. protocol.md §4.5 */
import type { Abort, Confirm, Signed } from '#protocol/messages.ts';
import { membersDigest, sharersOf, survivorsOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { confirmedPart, later, refuse, type Refusal, type WithConfirmations } from './base.ts';
import { rosterOf } from './frame.ts';
import { byMember, holds, inserted } from './slots.ts';
import type { Unmasking } from './unmasking.ts';

export type Confirming = WithConfirmations &
  Readonly<{
    phase: 'confirming';
    /** By ascending member. */
    aborts: readonly Signed<Abort>[];
  }>;

type Next = Confirming | Unmasking | Aborted;

export function onConfirm(state: Confirming, envelope: Signed<Confirm>, now: Seconds): Next | Refusal {
  const { member, sharers, survivors } = envelope.message;
  if (!survivorsOf(state.inputs).has(member)) {
    return refuse('confirm/not-a-survivor', `member ${member} has no input among the survivors`);
  }
  if (sharers !== membersDigest(sharersOf(state.shares)) || survivors !== survivorsRoot(state.inputs)) {
    return refuse(
      'confirm/other-survivors',
      `member ${member} confirmed another set of sharers or survivors`,
    );
  }
  if (holds(state.aborts, member)) {
    return refuse('confirm/conflict', `member ${member} aborted this attempt; it can't confirm it too`);
  }
  return conclude({ ...state, confirmations: inserted(state.confirmations, envelope, byMember) }, now);
}

export function onAbort(state: Confirming, envelope: Signed<Abort>, now: Seconds): Next | Refusal {
  const { member } = envelope.message;
  if (holds(state.confirmations, member)) {
    return refuse('abort/conflict', `member ${member} confirmed this attempt; it can't abort it too`);
  }
  return conclude({ ...state, aborts: inserted(state.aborts, envelope, byMember) }, now);
}

export const onDeadline = (state: Confirming, now: Seconds): Next => conclude(state, now);

function conclude(state: Confirming, now: Seconds): Next {
  const { threshold } = rosterOf(state);
  const silent = state.inputs.filter(
    ({ message }) => !holds(state.confirmations, message.member) && !holds(state.aborts, message.member),
  );
  if (state.confirmations.length >= threshold) {
    return silent.length === 0 || now >= state.deadline ? unmasking(state, now) : state;
  }
  // Those who aborted never confirm. T aborts leave fewer than T others (2T > n), so this is the end by T aborts too.
  return state.confirmations.length + silent.length < threshold
    ? abort(state, 'too few confirmations are possible', state.aborts)
    : state;
}

function unmasking(state: Confirming, now: Seconds): Unmasking {
  const deadline = later(now, state.rules.phases.unmasking);
  return { ...confirmedPart(state), phase: 'unmasking', deadline, unmaskings: [] };
}
