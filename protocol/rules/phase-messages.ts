/** What makes the messages of sharing, masking and confirming acceptable to any reader. protocol.md §4.3–4.5 */
import type { MemberSet } from '#crypto/members.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { AttemptId } from '../job-id.ts';
import type { Abort, Confirm, Input, Shares, Signed } from '../messages.ts';
import { recoverTyped } from '../signature.ts';
import type { Domain, PrimaryType } from '../typed-data.ts';
import type { Bytes32 } from '../units.ts';
import type { Roster } from './roster.ts';
import { agreedRoot, membersDigest, sharersNear, sharersOf, survivorsOf } from './survivors.ts';

type FromMember = AttemptId & Readonly<{ member: number; roster: Bytes32 }>;

/** The attempt and the roster that messages must belong to. */
export type Frame = Readonly<{ domain: Domain; id: AttemptId; roster: Roster }>;

/** One message of a member: its attempt, its roster, its signature. */
export function memberFlaw(frame: Frame, type: PrimaryType, envelope: Signed<FromMember>): Flaw | null {
  const { message } = envelope;
  const { id, roster, domain } = frame;
  const who = `member ${message.member}`;
  if (message.job !== id.job || message.round !== id.round || message.attempt !== id.attempt) {
    return flaw('message/other-attempt', `${who}: the ${type} is for another job, round or attempt`);
  }
  const member = roster.members[message.member];
  if (!member) return flaw('message/not-a-member', `${who} is not known in the roster of ${roster.size}`);
  if (message.roster !== roster.root) return flaw('message/other-roster', `${who} speaks of another roster`);
  if (recoverTyped(domain, type, envelope) !== member.operator) {
    return flaw('message/bad-signature', `${who}: the ${type} is not signed by its operator`);
  }
  return null;
}

/** Ascending members, each once, each message sound. */
export function listFlaw(frame: Frame, type: PrimaryType, list: readonly Signed<FromMember>[]): Flaw | null {
  let last = -1;
  for (const envelope of list) {
    const broken = memberFlaw(frame, type, envelope);
    if (broken) return broken;
    if (envelope.message.member <= last) {
      return flaw(
        'message/duplicate',
        `${type} of member ${envelope.message.member}: members must ascend, each once`,
      );
    }
    last = envelope.message.member;
  }
  return null;
}

/** U2: sound shares, in a complete graph of at least t members; in a sparse one each survivor counts its own (U3). */
export function sharesFlaw(frame: Frame, shares: readonly Signed<Shares>[]): Flaw | null {
  const { draw, graph } = frame.roster;
  const broken = listFlaw(frame, 'Shares', shares);
  if (broken) return broken;
  return !draw && shares.length < graph.threshold
    ? flaw('sharers/too-few', `${shares.length} sharers, ${graph.threshold} are needed`)
    : null;
}

/** U3: sound inputs, each masked with its part of this U2, all inside U2, at least t of them, or t near each. */
export function inputsFlaw(
  frame: Frame,
  shares: readonly Signed<Shares>[],
  inputs: readonly Signed<Input>[],
): Flaw | null {
  const broken = listFlaw(frame, 'Input', inputs);
  if (broken) return broken;
  const { roster } = frame;
  const sharers = sharersOf(shares);
  for (const { message } of inputs) {
    if (message.sharers !== membersDigest(sharersNear(roster, message.member, sharers)))
      return flaw('input/other-sharers', `member ${message.member} masked for another U2`);
  }
  const survivors = survivorsOf(inputs);
  if (!survivors.isSubsetOf(sharers))
    return flaw('survivors/not-sharers', 'a survivor never shared its secrets');
  if (roster.draw) return cutOffFlaw(roster, survivors);
  return inputs.length < roster.graph.threshold
    ? flaw('survivors/too-few', `${inputs.length} survivors, ${roster.graph.threshold} are needed`)
    : null;
}

/** Every survivor has t neighbours that survive: else the graph of honest ones might be cut (§3.8). */
export function cutOffFlaw({ graph }: Roster, survivors: MemberSet): Flaw | null {
  for (const member of survivors) {
    const alive = graph.neighboursOf(member).indices.filter((index) => survivors.has(index)).length;
    if (alive < graph.threshold) {
      return flaw(
        'survivors/cut-off',
        `member ${member} has ${alive} neighbours left, ${graph.threshold} are needed`,
      );
    }
  }
  return null;
}

/** Confirmations of exactly this U3 by distinct survivors: by T of them, in a sparse graph by all. */
export function confirmationsFlaw(
  frame: Frame,
  shares: readonly Signed<Shares>[],
  inputs: readonly Signed<Input>[],
  confirmations: readonly Signed<Confirm>[],
): Flaw | null {
  const broken = listFlaw(frame, 'Confirm', confirmations);
  if (broken) return broken;
  const { roster } = frame;
  const survivors = survivorsOf(inputs);
  const sharers = sharersOf(shares);
  const root = agreedRoot(roster, inputs);
  for (const { message } of confirmations) {
    if (!survivors.has(message.member))
      return flaw('confirm/not-a-survivor', `member ${message.member} is outside U3`);
    const near = membersDigest(sharersNear(roster, message.member, sharers));
    if (message.sharers !== near || message.survivors !== root) {
      return flaw('confirm/other-survivors', `member ${message.member} confirmed another set`);
    }
  }
  const needed = roster.draw ? survivors.size : roster.graph.threshold;
  return confirmations.length < needed
    ? flaw('confirm/too-few', `${confirmations.length} confirmations, ${needed} are needed`)
    : null;
}

/** T aborts by distinct members of a complete graph: what permits another input for the same model (§4.8). */
export function abortsFlaw(frame: Frame, aborts: readonly Signed<Abort>[]): Flaw | null {
  const broken = listFlaw(frame, 'Abort', aborts);
  if (broken) return broken;
  const { threshold } = frame.roster.graph;
  return aborts.length < threshold
    ? flaw('retry/too-few-aborts', `${aborts.length} aborts of the earlier attempt, ${threshold} are needed`)
    : null;
}
