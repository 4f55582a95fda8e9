/**
 * Which dealers are left out of U2: those whose secrets could not be restored by the holders that can open their shares.
 * protocol.md §4.11
 */
import { fromHex } from '#crypto/bytes.ts';
import { type Graph, holdersOf } from '#crypto/graph.ts';
import { type MemberSet, memberSet } from '#crypto/members.ts';
import type { Excluded } from '../attempt-view.ts';
import { flaw, type Flaw } from '../flaw.ts';
import type { Received, Shares, Signed } from '../messages.ts';
import { signedBy } from '../signature.ts';
import type { Address, Hex } from '../units.ts';
import { seatsOf } from './bitmap.ts';
import type { Frame } from './phase-messages.ts';
import type { Roster } from './roster.ts';
import { memberBitmap, membersDigest, sharersNear, sharersOf } from './survivors.ts';

type Complaint = Signed<Received>;

/** The dealers of whom a member holds no share that opens. */
export const unopenedIn = ({ unopened }: Received): number[] => seatsOf(unopened);

/** The same as the message says it: a bitmap over the roster's members. */
export const unopenedBitmap = (dealers: Iterable<number>, size: number): Hex =>
  memberBitmap(memberSet(dealers), size);

/** The receipts that complain of anyone: of many there are few, and only these are worth asking dealer by dealer. */
export const complaintsIn = (receipts: readonly Complaint[]): Complaint[] =>
  receipts.filter(({ message }) => unopenedIn(message).length > 0);

/** The receipts in which one of its holders says that it can't open this dealer's share. */
export function complaintsOf(graph: Graph, dealer: number, receipts: readonly Complaint[]): Complaint[] {
  const holders = holdersOf(graph, dealer);
  return receipts.filter(
    ({ message }) =>
      message.member !== dealer && holders.has(message.member) && unopenedIn(message).includes(dealer),
  );
}

/** How many complaints exclude a dealer: with as many, fewer than t of its holders are left. */
export const excludingFrom = (graph: Graph, dealer: number): number =>
  holdersOf(graph, dealer).size - graph.threshold + 1;

/** A receipt names sharers near its sender, and not itself. */
export function receiptFlaw(
  roster: Roster,
  sharers: MemberSet,
  { member, sharers: digest, unopened }: Received,
): Flaw | null {
  const near = sharersNear(roster, member, sharers);
  if (digest !== membersDigest(near)) {
    return flaw('received/other-sharers', `member ${member} speaks of other sharers than there are`);
  }
  const named = seatsOf(unopened);
  const sound =
    fromHex(unopened).length === Math.ceil(roster.size / 8) &&
    named.every((dealer) => near.has(dealer) && dealer !== member);
  return sound ? null : flaw('received/not-dealers', `member ${member} complains of who never dealt to it`);
}

/**
 * What is wrong with U2 as it is shown: someone was left out for whom too few complaints are shown, or who dealt when this
 * client looked is gone without any.
 *
 * @param sharers U2, as far as the client sees it
 * @param own what the client said of its sharers; null where it said nothing
 * @param operatorOf the operator of a member, known by roster or by the chain's seats
 */
export function excludedFlaw(
  frame: Frame,
  sharers: readonly Signed<Shares>[],
  excluded: readonly Excluded[],
  own: Received | null,
  operatorOf: (member: number) => Address | undefined,
): Flaw | null {
  const { roster } = frame;
  const kept = sharersOf(sharers);
  for (const { dealer, complaints } of excluded) {
    const complaining = new Set<number>();
    for (const complaint of complaintsOf(roster.graph, dealer, complaints)) {
      if (isSound(frame, complaint, operatorOf)) complaining.add(complaint.message.member);
    }
    if (kept.has(dealer) || complaining.size < excludingFrom(roster.graph, dealer)) {
      return flaw(
        'sharers/excluded-unproven',
        `member ${dealer} is left out, and ${complaining.size} holders complain of it`,
      );
    }
  }
  if (own === null) return null;
  const all = memberSet([...kept, ...excluded.map(({ dealer }) => dealer)]);
  return membersDigest(sharersNear(roster, own.member, all)) === own.sharers
    ? null
    : flaw('sharers/dropped', 'others dealt when this client looked than are shown now, kept or excluded');
}

function isSound(
  { id, roster, domain }: Frame,
  { message, signature }: Complaint,
  operatorOf: (member: number) => Address | undefined,
): boolean {
  const operator = operatorOf(message.member);
  return (
    operator !== undefined &&
    message.job === id.job &&
    message.round === id.round &&
    message.attempt === id.attempt &&
    message.roster === roster.root &&
    signedBy(operator, domain, 'Received', { message, signature })
  );
}
