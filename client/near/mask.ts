/** Sharing and masking in a sparse attempt: among neighbours, whose signatures alone are checked. protocol.md §4.9 */
import type { NearViewOf } from '#protocol/attempt-view.ts';
import type { Flaw } from '#protocol/flaw.ts';
import { nearSharesFlaw } from '#protocol/rules/neighbourhood.ts';
import type { Attempt } from '../attempt.ts';
import { maskAmong } from '../steps/mask.ts';
import { shareAmong } from '../steps/share.ts';
import { nearMembershipIn } from './membership.ts';

export const shareNear = (attempt: Attempt, { roster }: NearViewOf<'sharing'>): Promise<Flaw | null> =>
  shareAmong(attempt, () => nearMembershipIn(attempt, roster));

export const maskNear = (
  attempt: Attempt,
  { roster, sharers }: NearViewOf<'masking'>,
): Promise<Flaw | null> =>
  maskAmong(
    attempt,
    sharers,
    () => nearMembershipIn(attempt, roster),
    ({ frame, member }) => nearSharesFlaw(frame, member, sharers),
  );
