/** Level 4: evidence and manifest speak of the same attempt, roster, sharers and survivors. protocol.md §6.2, §6.4 */
import { buildRoster } from '#protocol/rules/roster.ts';
import { agreedRoot, listedRoot, sharersOf } from '#protocol/rules/survivors.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds } from '../verdict.ts';

export const evidenceAgrees: RoundCheck = {
  id: 'evidence.manifest',
  level: 4,
  scope: 'round',
  needs: ['evidence.root'],
  async run(round, { domain, facts }) {
    const manifest = await round.manifest();
    const { evidence } = await round.evidence();
    const at = `${round.place} → evidence`;
    const roster = await round.roster();
    return answering(at, () => {
      const sparse = manifest.graph && { draw: manifest.graph, seats: facts.job.seats.length };
      const enrolled = buildRoster(domain, evidence.roster, sparse);
      const wanted: Record<string, [unknown, unknown]> = {
        chain: [evidence.chainId, manifest.chainId],
        escrow: [evidence.escrow, manifest.escrow],
        job: [evidence.job, manifest.job],
        round: [evidence.round, manifest.round],
        attempt: [evidence.attempt, manifest.attempt],
        roster: [enrolled.root, manifest.rosterRoot],
        sharers: [[...sharersOf(evidence.shares)].join(), manifest.sharers.join()],
        survivors: [agreedRoot(enrolled, evidence.inputs), listedRoot(roster, manifest.survivors)],
      };
      for (const [part, [given, said]] of Object.entries(wanted)) {
        if (given !== said) {
          return fails(
            `${at} → ${part}`,
            'evidence/other-round',
            `its ${part} (${String(given)}) are not the manifest’s (${String(said)})`,
          );
        }
      }
      return holds(`survivors root ${agreedRoot(enrolled, evidence.inputs)}`);
    });
  },
};
