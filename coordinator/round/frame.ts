/** The frozen roster of an attempt, derived from its enrolments. protocol.md §4.2 */
import type { Enrolment, Signed } from '#protocol/messages.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import { idOf, type AttemptBase } from './base.ts';

/** An attempt whose roster is frozen. */
type Frozen = AttemptBase & Readonly<{ enrolments: readonly Signed<Enrolment>[] }>;

/** A roster costs a hash a member, and states of one attempt share their list of enrolments. */
const rosters = new WeakMap<readonly Signed<Enrolment>[], Roster>();

export function rosterOf({ rules, enrolments }: Frozen): Roster {
  const known = rosters.get(enrolments);
  if (known) return known;
  const roster = buildRoster(rules.domain, enrolments);
  rosters.set(enrolments, roster);
  return roster;
}

/** What the rules of protocol/ need to judge a member's message. */
export const frameOf = (state: Frozen): Frame => ({
  domain: state.rules.domain,
  id: idOf(state),
  roster: rosterOf(state),
});
