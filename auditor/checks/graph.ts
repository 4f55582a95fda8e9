/**
 * Level 2: the roster's graph is the one that its terms ask for, drawn by the block that the escrow named; roster and
 * survivors of a sparse one are those that the escrow holds. protocol.md §3.8, §5.4
 */
import { committedFlaw } from '#protocol/rules/committed.ts';
import { drawFlaw } from '#protocol/rules/sparse.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, failsBy, holds } from '../verdict.ts';

export const graph: RoundCheck = {
  id: 'agreement.graph',
  level: 2,
  scope: 'round',
  needs: ['signatures.roster'],
  async run(round, subject) {
    const { sparse } = await subject.job();
    const roster = await round.roster();
    const { survivors } = await round.manifest();
    const committed = subject.facts.attempts[round.number - 1] ?? null;
    const at = `${round.place} → graph`;
    return answering(at, () => {
      const wrong = drawFlaw(roster.size, sparse, roster.draw);
      if (wrong) return failsBy(at, wrong);
      if (!roster.draw) {
        return committed
          ? fails(at, 'graph/other-parameters', 'the escrow holds a sparse attempt, the manifest none')
          : holds(`complete, of ${roster.size}`);
      }
      if (!committed) return fails(at, 'roster/not-on-chain', 'the escrow holds nothing of this attempt');
      const broken = committedFlaw(roster, survivors, committed);
      const { degree, threshold, seedBlock } = roster.draw;
      return broken
        ? failsBy(at, broken)
        : holds(`degree ${degree} of ${roster.size}, threshold ${threshold}, drawn by block ${seedBlock}`);
    });
  },
};
