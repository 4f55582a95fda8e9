/** Level 4: a seed for each survivor, a mask secret for each dropout, and each the one committed to. protocol.md §6.4 */
import { evidenceSecretsFlaw } from '#protocol/rules/evidence.ts';
import type { RoundCheck } from '../check.ts';
import { answering, failsBy, holds } from '../verdict.ts';

export const evidenceSecrets: RoundCheck = {
  id: 'evidence.secrets',
  level: 4,
  scope: 'round',
  needs: ['evidence.messages'],
  async run(round) {
    const frame = await round.frame();
    const { evidence } = await round.evidence();
    const at = `${round.place} → evidence → secrets`;
    return answering(at, () => {
      const broken = evidenceSecretsFlaw(frame, evidence);
      const dropouts = evidence.secrets.filter(({ kind }) => kind === 'mask').length;
      return broken
        ? failsBy(at, broken)
        : holds(`${evidence.secrets.length - dropouts} seeds, ${dropouts} mask secrets`);
    });
  },
};
