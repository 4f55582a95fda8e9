/** The frozen roster of an attempt, derived from its enrolments and its draw. protocol.md §4.2, §3.8 */
import type { Draw } from '#protocol/manifests.ts';
import type { Enrolment, Input, Signed } from '#protocol/messages.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import { agreedRoot } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { idOf, type AttemptBase } from './base.ts';

/** An attempt whose roster is frozen. */
type Frozen = AttemptBase & Readonly<{ enrolments: readonly Signed<Enrolment>[]; draw: Draw | null }>;

/** A roster costs a hash a member, and states of one attempt share their list of enrolments. */
const rosters = new WeakMap<readonly Signed<Enrolment>[], Roster>();
const agreed = new WeakMap<readonly Signed<Input>[], Bytes32>();

export function rosterOf({ rules, enrolments, draw }: Frozen): Roster {
  const known = rosters.get(enrolments);
  if (known) return known;
  const roster = buildRoster(rules.domain, enrolments, draw && { draw, seats: rules.seats.length });
  rosters.set(enrolments, roster);
  return roster;
}

/** What the rules of protocol/ need to judge a member's message. */
export const frameOf = (state: Frozen): Frame => ({
  domain: state.rules.domain,
  id: idOf(state),
  roster: rosterOf(state),
});

/** What confirmations of these inputs sign: a hash or two a survivor, and every confirmation is held against it. */
export function agreedRootOf(state: Frozen & Readonly<{ inputs: readonly Signed<Input>[] }>): Bytes32 {
  const root = agreed.get(state.inputs) ?? agreedRoot(rosterOf(state), state.inputs);
  agreed.set(state.inputs, root);
  return root;
}
