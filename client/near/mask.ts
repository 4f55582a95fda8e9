/** Sharing and masking in a sparse attempt: among neighbours, whose signatures alone are checked. protocol.md §4.9 */
import type { NearViewOf } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import { seatsOf } from '#protocol/rules/bitmap.ts';
import { excludedFlaw } from '#protocol/rules/received.ts';
import { nearSharesFlaw } from '#protocol/rules/neighbourhood.ts';
import type { Attempt } from '../attempt.ts';
import { maskAmong, saidOf } from '../steps/mask.ts';
import { receiveAmong } from '../steps/receive.ts';
import { shareAmong } from '../steps/share.ts';
import { nearMembershipIn } from './membership.ts';

export const shareNear = (attempt: Attempt, { roster }: NearViewOf<'sharing'>): Promise<Flaw | null> =>
  shareAmong(attempt, () => nearMembershipIn(attempt, roster));

export async function maskNear(
  attempt: Attempt,
  { roster, sharers, excluded }: NearViewOf<'masking'>,
): Promise<Flaw | null> {
  // A complaint may be by a neighbour's neighbour: of those the client knows the seat, and the chain the operator.
  const enrolled = seatsOf(roster.seats);
  const seats = excluded.length > 0 ? await attempt.readSeats() : [];
  const operatorOf = (member: number) => seats[enrolled[member] ?? -1]?.operator;
  return maskAmong(
    attempt,
    sharers,
    () => nearMembershipIn(attempt, roster),
    ({ frame, member }) =>
      nearSharesFlaw(frame, member, sharers) ??
      excludedFlaw(frame, sharers, excluded, saidOf(attempt), operatorOf),
  );
}

export const receiveNear = (
  attempt: Attempt,
  { roster, sharers }: NearViewOf<'receiving'>,
): Promise<Flaw | null> => receiveAmong(attempt, sharers, () => nearMembershipIn(attempt, roster));
