/** Level 4: enrolments, shares, inputs and confirmations are signed by the roster's members, enough of each. protocol.md §6.4 */
import { evidenceMessagesFlaw } from '#protocol/rules/evidence.ts';
import { signedBy } from '#protocol/signature.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, failsBy, holds } from '../verdict.ts';

export const evidenceMessages: RoundCheck = {
  id: 'evidence.messages',
  level: 4,
  scope: 'round',
  needs: ['evidence.manifest'],
  async run(round, { domain }) {
    const frame = await round.frame();
    const { evidence } = await round.evidence();
    const at = `${round.place} → evidence`;
    return answering(at, () => {
      // The roster's root binds the enrolments, but not their signatures.
      const forged = evidence.roster.find(
        (enrolment) => !signedBy(enrolment.message.operator, domain, 'Enrolment', enrolment),
      );
      if (forged) {
        const who = `seat ${forged.message.seat}`;
        return fails(`${at} → roster`, 'message/bad-signature', `${who} did not sign its enrolment`);
      }
      const broken = evidenceMessagesFlaw(frame, evidence);
      const { shares, inputs, confirmations } = evidence;
      return broken
        ? failsBy(at, broken)
        : holds(`${shares.length} shares, ${inputs.length} inputs, ${confirmations.length} confirmations`);
    });
  },
};
