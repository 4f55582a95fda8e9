/** The frozen roster of an attempt, derived from its enrolments and its draw. protocol.md §4.2, §3.8 */
import type { MemberSet } from '#crypto/members.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Enrolment, Input, Shares, Signed } from '#protocol/messages.ts';
import type { Frame } from '#protocol/rules/phase-messages.ts';
import { buildRoster, type Roster } from '#protocol/rules/roster.ts';
import { agreedRoot, membersDigest, sharersNear, sharersOf } from '#protocol/rules/survivors.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { idOf, type AttemptBase } from './base.ts';

/** An attempt whose roster is frozen. */
type Frozen = AttemptBase & Readonly<{ enrolments: readonly Signed<Enrolment>[]; draw: Draw | null }>;

/** A roster costs a hash a member, and states of one attempt share their list of enrolments. */
const rosters = new WeakMap<readonly Signed<Enrolment>[], Roster>();
const sharers = new WeakMap<readonly Signed<Shares>[], Sharers>();
const agreed = new WeakMap<readonly Signed<Input>[], Bytes32>();

export function rosterOf({ rules, enrolments, draw }: Frozen): Roster {
  const built = rosters.get(enrolments);
  if (built) return built;
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

/** U2, and what of it each member was found to mask with. */
type Sharers = Readonly<{ all: MemberSet; near: Map<number, Bytes32> }>;
type WithShares = Readonly<{ shares: readonly Signed<Shares>[] }>;

/** U2: states of one attempt share their list of shares once sharing is over. */
export const sharersIn = ({ shares }: WithShares): MemberSet => known(shares).all;

/** The digest of that part of U2 that a member masks with, and confirms. */
export function nearSharersIn(state: Frozen & WithShares, member: number): Bytes32 {
  const { all, near } = known(state.shares);
  const digest = near.get(member) ?? membersDigest(sharersNear(rosterOf(state), member, all));
  near.set(member, digest);
  return digest;
}

function known(shares: readonly Signed<Shares>[]): Sharers {
  const found = sharers.get(shares) ?? { all: sharersOf(shares), near: new Map() };
  sharers.set(shares, found);
  return found;
}

/** What confirmations of these inputs sign: a hash or two a survivor, and every confirmation is held against it. */
export function agreedRootOf(state: Frozen & Readonly<{ inputs: readonly Signed<Input>[] }>): Bytes32 {
  const root = agreed.get(state.inputs) ?? agreedRoot(rosterOf(state), state.inputs);
  agreed.set(state.inputs, root);
  return root;
}
