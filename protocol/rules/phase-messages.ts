/** What makes the messages of sharing, masking and confirming acceptable to any reader. protocol.md §4.3–4.5 */
import { flaw, type Flaw } from '../flaw.ts';
import type { AttemptId } from '../job-id.ts';
import type { Abort, Confirm, Input, Shares, Signed } from '../messages.ts';
import { recoverTyped } from '../signature.ts';
import type { Domain, PrimaryType } from '../typed-data.ts';
import type { Bytes32 } from '../units.ts';
import type { Roster } from './roster.ts';
import { membersDigest, sharersOf, survivorsOf, survivorsRoot } from './survivors.ts';

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
  if (!member) return flaw('message/not-a-member', `${who} is not in the roster of ${roster.members.length}`);
  if (message.roster !== roster.root) return flaw('message/other-roster', `${who} speaks of another roster`);
  if (recoverTyped(domain, type, envelope) !== member.operator) {
    return flaw('message/bad-signature', `${who}: the ${type} is not signed by its operator`);
  }
  return null;
}

/** Ascending members, each once, each message sound. */
function listFlaw(frame: Frame, type: PrimaryType, list: readonly Signed<FromMember>[]): Flaw | null {
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

/** U2: sound shares of at least t members. */
export function sharesFlaw(frame: Frame, shares: readonly Signed<Shares>[]): Flaw | null {
  const broken = listFlaw(frame, 'Shares', shares);
  if (broken) return broken;
  return shares.length < frame.roster.threshold
    ? flaw('sharers/too-few', `${shares.length} sharers, ${frame.roster.threshold} are needed`)
    : null;
}

/** U3: sound inputs, all masked with this U2, at least t of them, all inside U2. */
export function inputsFlaw(
  frame: Frame,
  shares: readonly Signed<Shares>[],
  inputs: readonly Signed<Input>[],
): Flaw | null {
  const broken = listFlaw(frame, 'Input', inputs);
  if (broken) return broken;
  const sharers = sharersOf(shares);
  const digest = membersDigest(sharers);
  for (const { message } of inputs) {
    if (message.sharers !== digest)
      return flaw('input/other-sharers', `member ${message.member} masked for another U2`);
  }
  if (!survivorsOf(inputs).isSubsetOf(sharers))
    return flaw('survivors/not-sharers', 'a survivor never shared its secrets');
  return inputs.length < frame.roster.threshold
    ? flaw('survivors/too-few', `${inputs.length} survivors, ${frame.roster.threshold} are needed`)
    : null;
}

/** T confirmations of exactly this U3, by distinct survivors. */
export function confirmationsFlaw(
  frame: Frame,
  shares: readonly Signed<Shares>[],
  inputs: readonly Signed<Input>[],
  confirmations: readonly Signed<Confirm>[],
): Flaw | null {
  const broken = listFlaw(frame, 'Confirm', confirmations);
  if (broken) return broken;
  const survivors = survivorsOf(inputs);
  const sharers = membersDigest(sharersOf(shares));
  const root = survivorsRoot(inputs);
  for (const { message } of confirmations) {
    if (!survivors.has(message.member))
      return flaw('confirm/not-a-survivor', `member ${message.member} is outside U3`);
    if (message.sharers !== sharers || message.survivors !== root) {
      return flaw('confirm/other-survivors', `member ${message.member} confirmed another set`);
    }
  }
  return confirmations.length < frame.roster.threshold
    ? flaw('confirm/too-few', `${confirmations.length} confirmations, ${frame.roster.threshold} are needed`)
    : null;
}

/** T aborts by distinct members: what permits another input for the same model (§4.8). */
export function abortsFlaw(frame: Frame, aborts: readonly Signed<Abort>[]): Flaw | null {
  const broken = listFlaw(frame, 'Abort', aborts);
  if (broken) return broken;
  return aborts.length < frame.roster.threshold
    ? flaw(
        'retry/too-few-aborts',
        `${aborts.length} aborts of the earlier attempt, ${frame.roster.threshold} are needed`,
      )
    : null;
}
