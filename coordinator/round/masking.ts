/** Masking: sharers upload their masked inputs; those that arrive in time are U3. protocol.md §4.4 */
import type { Input, Signed } from '#protocol/messages.ts';
import { membersDigest, sharersOf } from '#protocol/rules/survivors.ts';
import type { Seconds } from '#protocol/units.ts';
import { abort, type Aborted } from './aborted.ts';
import { later, refuse, type Refusal, type WithInputs } from './base.ts';
import type { Confirming } from './confirming.ts';
import { rosterOf } from './frame.ts';
import { byMember, inserted } from './slots.ts';

export type Masking = WithInputs & Readonly<{ phase: 'masking' }>;

/** The driver has the vector on disk, whole and of this root, before it feeds the message in. */
export function onInput(
  state: Masking,
  envelope: Signed<Input>,
  now: Seconds,
): Masking | Confirming | Refusal {
  const { member, sharers } = envelope.message;
  const allowed = sharersOf(state.shares);
  if (!allowed.has(member)) return refuse('input/not-a-sharer', `member ${member} never shared its secrets`);
  if (sharers !== membersDigest(allowed)) {
    return refuse('input/other-sharers', `member ${member} masked for another set of sharers`);
  }
  const inputs = inserted(state.inputs, envelope, byMember);
  const next = { ...state, inputs };
  return inputs.length === state.shares.length ? confirming(next, now) : next;
}

export function onDeadline(state: Masking, now: Seconds): Confirming | Aborted {
  return state.inputs.length >= rosterOf(state).threshold
    ? confirming(state, now)
    : abort(state, 'too few inputs', []);
}

function confirming(state: Masking, now: Seconds): Confirming {
  const deadline = later(now, state.rules.phases.confirming);
  return { ...state, phase: 'confirming', deadline, confirmations: [], aborts: [] };
}
