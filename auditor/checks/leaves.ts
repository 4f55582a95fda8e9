/**
 * Level 5: payout leaves, root and total follow from the bitmaps of this and all earlier rounds, and are what was
 * settled and what the manifest links. protocol.md §5.2
 */
import { readBlock } from '#datasets/read-block.ts';
import { payoutsSchema, type Payouts } from '#protocol/manifests.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds, notChecked, type Failed } from '../verdict.ts';

function linkedFailure(at: string, linked: Payouts, due: Payouts): Failed | null {
  const wrong = due.leaves.findIndex((leaf, seat) => {
    const given = linked.leaves[seat];
    return given?.seat !== leaf.seat || given.units !== leaf.units || given.bonus !== leaf.bonus;
  });
  if (wrong >= 0)
    return fails(`${at} → leaf ${wrong}`, 'payouts/other-leaf', `seat ${wrong} earned another amount`);
  if (linked.leaves.length > due.leaves.length) {
    return fails(
      at,
      'payouts/other-leaf',
      `it has ${linked.leaves.length} leaves for ${due.leaves.length} seats`,
    );
  }
  if (linked.root !== due.root)
    return fails(at, 'payouts/linked-root', `it says root ${linked.root}, its leaves give ${due.root}`);
  if (linked.total !== due.total)
    return fails(at, 'payouts/linked-total', `it says ${linked.total}, its leaves give ${due.total}`);
  return null;
}

export const leaves: RoundCheck = {
  id: 'payouts.leaves',
  level: 5,
  scope: 'round',
  async run(round, { earnings, source }) {
    const due = earnings[round.number - 1];
    if (!due) return notChecked('the rounds on chain are not consecutive');
    const { payoutRoot, total } = round.settlement;
    if (payoutRoot !== due.root) {
      return fails(
        round.place,
        'payouts/other-root',
        `the chain has root ${payoutRoot}, the bitmaps give ${due.root}`,
      );
    }
    if (total.toString() !== due.total) {
      return fails(
        round.place,
        'payouts/other-total',
        `the chain has total ${total}, the bitmaps give ${due.total}`,
      );
    }
    const manifest = await round.manifest();
    const at = `${round.place} → payouts`;
    return answering(at, async () => {
      const linked = await readBlock(
        source,
        manifest.payouts,
        payoutsSchema,
        `the payouts of ${round.place}`,
      );
      return linkedFailure(at, linked, due) ?? holds(`root ${due.root}, total ${due.total}`);
    });
  },
};
