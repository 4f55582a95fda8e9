/** Level 5: the bitmap that the chain holds of a round is exactly the survivors' seats. protocol.md §5.3 */
import { seatBitmap } from '#protocol/rules/bitmap.ts';
import type { RoundCheck } from '../check.ts';
import { fails, holds } from '../verdict.ts';

export const participants: RoundCheck = {
  id: 'payouts.participants',
  level: 5,
  scope: 'round',
  async run(round, { facts }) {
    const surviving = await round.survivingSeats();
    const due = seatBitmap(surviving, facts.job.seats.length);
    const { participants: found } = round.settlement;
    return found === due
      ? holds(`seats ${surviving.join(', ')}`)
      : fails(
          round.place,
          'payouts/other-participants',
          `the chain’s bitmap is ${found}, the survivors’ seats are ${due}`,
        );
  },
};
