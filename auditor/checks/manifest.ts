/** Level 1: the block with a settlement's digest is there, and is the manifest of that very attempt. protocol.md §6.2 */
import type { RoundCheck } from '../check.ts';
import { answeringForLinks, fails, holds } from '../verdict.ts';

export const manifest: RoundCheck = {
  id: 'lineage.manifest',
  level: 1,
  scope: 'round',
  run: (round, { domain, facts, terms }) =>
    answeringForLinks(round.place, async () => {
      const found = await round.manifest();
      const wanted: Record<string, [unknown, unknown]> = {
        chain: [found.chainId, domain.chainId],
        escrow: [found.escrow, domain.escrow],
        job: [found.job, facts.job.job],
        round: [found.round, round.settlement.round],
        attempt: [found.attempt, round.settlement.attempt],
        terms: [found.terms.toString(), terms.toString()],
      };
      for (const [field, [said, due]] of Object.entries(wanted)) {
        if (said !== due) {
          return fails(
            `${round.place} → ${field}`,
            'lineage/other-attempt',
            `the manifest says ${field} ${String(said)}, the chain ${String(due)}`,
          );
        }
      }
      return holds(round.cid.toString());
    }),
};
