/** Drawing: a large roster goes on chain, and the randomness of a later block draws its graph. protocol.md §4.9, §3.8 */
import { toHex } from '#crypto/bytes.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { Draw } from '#protocol/manifests.ts';
import type { Enrolment, Signed } from '#protocol/messages.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { rosterLeaves } from '#protocol/rules/roster.ts';
import { rosterCommitment } from '#protocol/rules/sparse.ts';
import type { Bytes32, Seconds } from '#protocol/units.ts';
import { abandon, onChainAborted, type Aborted } from './aborted.ts';
import { later, type AttemptBase } from './base.ts';
import { fail, type Failed } from './failed.ts';
import type { Sharing } from './sharing.ts';

/** The deadline is that of enrolling and means nothing more: the chain takes its time. */
export type Drawing = AttemptBase &
  Readonly<{
    phase: 'drawing';
    /** In seat order: the roster, which is frozen. */
    enrolments: readonly Signed<Enrolment>[];
    /** What the escrow is to hold of it. */
    roster: Bytes32;
  }>;

export function drawing({ rules, deadline }: AttemptBase, enrolments: readonly Signed<Enrolment>[]): Drawing {
  const seats = seatBitmap(
    enrolments.map(({ message }) => message.seat),
    rules.seats.length,
  );
  const tree = toHex(merkleRoot(rosterLeaves(rules.domain, enrolments))) as Bytes32;
  return { phase: 'drawing', rules, deadline, enrolments, roster: rosterCommitment(seats, tree) };
}

/** The escrow holds the roster, and nobody could foresee the draw when it was told. */
export function onDrawn({ rules, enrolments, roster }: Drawing, draw: Draw, now: Seconds): Sharing {
  const deadline = later(now, rules.phases.sharing);
  return { phase: 'sharing', rules, deadline, enrolments, roster, draw, shares: [] };
}

/** Nobody has dealt anything: there is nothing to give up but what the escrow may hold. */
export const onGivenUp = (state: Drawing, reason: string): Aborted => ({
  ...abandon(state, reason),
  onChain: 'open',
});

export const onChainAbort = (state: Drawing): Aborted =>
  onChainAborted(abandon(state, 'the escrow holds that the attempt is aborted'));

/** This chain draws no graph: neither would it for another attempt. */
export const onFailed = (state: Drawing, reason: string): Failed => fail(state, reason);
