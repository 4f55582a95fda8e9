/**
 * Confirming: T survivors vouch for one U3, or T members give the attempt up. In a sparse graph all survivors do, or are
 * left out, and the others are asked again. protocol.md §4.5, §4.9
 */
import type { Abort, Confirm, Input, Signed } from '#protocol/messages.ts';
import { survivorsOf } from '#protocol/rules/survivors.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { agreeing, type Agreeing } from './agreeing.ts';
import {
  confirmedPart,
  later,
  refuse,
  type Refusal,
  type WithConfirmations,
  type WithReceipts,
} from './base.ts';
import { agreedRootOf, nearSharersIn, rosterOf } from './frame.ts';
import { leftOf } from './left.ts';
import { byMember, holds, inserted } from './slots.ts';
import type { Unmasking } from './unmasking.ts';

export type Confirming = WithConfirmations &
  WithReceipts &
  Readonly<{
    phase: 'confirming';
    /** By ascending member. */
    aborts: readonly Signed<Abort>[];
  }>;

type Next = Confirming | Agreeing | Unmasking | Aborted;

export function onConfirm(state: Confirming, envelope: Signed<Confirm>, now: Seconds): Next | Refusal {
  const { member, sharers, survivors } = envelope.message;
  if (!survivorsOf(state.inputs).has(member)) {
    return refuse('confirm/not-a-survivor', `member ${member} has no input among the survivors`);
  }
  if (sharers !== nearSharersIn(state, member) || survivors !== agreedRootOf(state)) {
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
  if (state.draw) return concludeSparse(state, now);
  const { threshold } = rosterOf(state);
  const silent = silentIn(state);
  if (state.confirmations.length >= threshold) {
    return silent.length === 0 || now >= state.deadline ? unmasking(state, now) : state;
  }
  // Those who aborted never confirm. T aborts leave fewer than T others (2T > n), so this is the end by T aborts too.
  return state.confirmations.length + silent.length < threshold
    ? abort(state, 'too few confirmations are possible', state.aborts)
    : state;
}

/** Whoever is silent at the deadline, or aborts, is no survivor: each pass has fewer than the one before. */
function concludeSparse(state: Confirming, now: Seconds): Next {
  if (state.confirmations.length === state.inputs.length) return agreeing(state);
  if (silentIn(state).length > 0 && now < state.deadline) return state;
  const confirmed = membersIn(state.confirmations);
  const left = leftOf(
    state,
    state.inputs.filter((input) => confirmed.has(byMember(input))),
  );
  if (left.ends) return abort(state, left.reason, state.aborts);
  const deadline = later(now, state.rules.phases.confirming);
  return { ...state, deadline, inputs: left.inputs, confirmations: [] };
}

function silentIn({ inputs, confirmations, aborts }: Confirming): readonly Signed<Input>[] {
  const answered = membersIn([...confirmations, ...aborts]);
  return inputs.filter((input) => !answered.has(byMember(input)));
}

const membersIn = (list: readonly (Signed<Confirm> | Signed<Abort>)[]): ReadonlySet<number> =>
  new Set(list.map(byMember));

function unmasking(state: Confirming, now: Seconds): Unmasking {
  const deadline = later(now, state.rules.phases.unmasking);
  return { ...confirmedPart(state), phase: 'unmasking', deadline, unmaskings: [] };
}
