/** The proof that a dealer's opened shares are of another secret than it published. protocol.md §4.10 */
import { toHex } from '#crypto/bytes.ts';
import { merklePath, merkleRoot } from '#crypto/merkle.ts';
import type { Fault } from '#protocol/fault.ts';
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import { decodeRevealed } from '#protocol/rules/revealed.ts';
import { rosterLeaves } from '#protocol/rules/roster.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { idOf } from '../round/base.ts';
import { byMember } from '../round/slots.ts';
import type { Unmasking } from '../round/unmasking.ts';
import type { Records } from '../store/records.ts';
import type { Liar } from './secrets.ts';

/** @returns null where not all that it takes is kept: an earlier version of this program took the shares in */
export async function proveFault(
  { openings }: Pick<Records, 'openings'>,
  state: Unmasking,
  { member, kind, holders }: Liar,
): Promise<Fault | null> {
  const enrolment = state.enrolments[member];
  const shares = state.shares.find((entry) => byMember(entry) === member);
  const found = await openings(idOf(state), holders);
  const opened = found.flatMap(({ holder, shares: bytes }) => {
    const share = decodeRevealed(bytes).find((revealed) => revealed.member === member);
    return share ? [{ holder, y: share.y, other: share.other, path: share.path }] : [];
  });
  if (!enrolment || !shares || opened.length < holders.length) return null;
  return { roster: rosterPart(state, member), enrolment, shares, kind, opened };
}

function rosterPart({ rules, enrolments, draw }: Unmasking, member: number): Fault['roster'] {
  const leaves = rosterLeaves(rules.domain, enrolments);
  const hex = (hash: Uint8Array): Bytes32 => toHex(hash) as Bytes32;
  if (!draw) return { graph: 'complete', enrolments: leaves.map(hex) };
  const seats = seatBitmap(
    enrolments.map(({ message }) => message.seat),
    rules.seats.length,
  );
  const path = merklePath(leaves, member).map(hex);
  return { graph: 'sparse', seats, tree: hex(merkleRoot(leaves)), path, draw };
}
