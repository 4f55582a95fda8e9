/** Masking: sharers upload their masked inputs; those that arrive in time are U3. protocol.md §4.4 */
import type { Input, Signed } from '#protocol/messages.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { later, refuse, type Refusal, type WithInputs, type WithReceipts } from './base.ts';
import type { Confirming } from './confirming.ts';
import { nearSharersIn, rosterOf, sharersIn } from './frame.ts';
import { leftOf } from './left.ts';
import { byMember, inserted } from './slots.ts';

export type Masking = WithInputs &
  WithReceipts &
  Readonly<{
    phase: 'masking';
    /** Who dealt and is not in U2, for too many holders can't open its shares. */
    excluded: readonly number[];
  }>;

/** The driver has the vector on disk, whole and of this root, before it feeds the message in. */
export function onInput(
  state: Masking,
  envelope: Signed<Input>,
  now: Seconds,
): Masking | Confirming | Aborted | Refusal {
  const { member, sharers } = envelope.message;
  if (!sharersIn(state).has(member))
    return refuse('input/not-a-sharer', `member ${member} never shared its secrets`);
  if (sharers !== nearSharersIn(state, member)) {
    return refuse('input/other-sharers', `member ${member} masked for another set of sharers`);
  }
  const inputs = inserted(state.inputs, envelope, byMember);
  const next = { ...state, inputs };
  return inputs.length === state.shares.length ? conclude(next, now) : next;
}

export function onDeadline(state: Masking, now: Seconds): Confirming | Aborted {
  return state.draw || state.inputs.length >= rosterOf(state).threshold
    ? conclude(state, now)
    : abort(state, 'too few inputs', []);
}

/** In a sparse graph U3 is those of whom each has t neighbours in it. */
function conclude(state: Masking, now: Seconds): Confirming | Aborted {
  if (!state.draw) return confirming(state, now);
  const left = leftOf(state, state.inputs);
  return left.ends ? abort(state, left.reason, []) : confirming({ ...state, inputs: left.inputs }, now);
}

/** Who was excluded has served: nobody masks any more. */
function confirming(state: Masking, now: Seconds): Confirming {
  const { rules, enrolments, roster, draw, shares, receipts, inputs } = state;
  const deadline = later(now, rules.phases.confirming);
  const present = { rules, deadline, enrolments, roster, draw, shares, receipts, inputs };
  return { phase: 'confirming', ...present, confirmations: [], aborts: [] };
}
