/** Level 4: shares, inputs and confirmations are signed by the roster's members, enough of each. protocol.md §6.4 */
import { evidenceMessagesFlaw } from '#protocol/rules/evidence.ts';
import type { RoundCheck } from '../check.ts';
import { answering, failsBy, holds } from '../verdict.ts';

export const evidenceMessages: RoundCheck = {
  id: 'evidence.messages',
  level: 4,
  scope: 'round',
  needs: ['evidence.manifest'],
  async run(round) {
    const frame = await round.frame();
    const { evidence } = await round.evidence();
    const at = `${round.place} → evidence`;
    return answering(at, () => {
      const broken = evidenceMessagesFlaw(frame, evidence);
      const { shares, inputs, confirmations } = evidence;
      return broken
        ? failsBy(at, broken)
        : holds(`${shares.length} shares, ${inputs.length} inputs, ${confirmations.length} confirmations`);
    });
  },
};
