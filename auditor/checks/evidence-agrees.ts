/** Level 4: evidence and manifest speak of the same attempt, roster, sharers and survivors. protocol.md §6.2, §6.4 */
import { buildRoster } from '#protocol/rules/roster.ts';
import { sharersOf, survivorsRoot } from '#protocol/rules/survivors.ts';
import { concat, fromHex, toHex, u32 } from '#crypto/bytes.ts';
import { merkleRoot } from '#crypto/merkle.ts';
import type { RoundManifest } from '#protocol/manifests.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds } from '../verdict.ts';

/** The root over the survivors that the manifest lists, as members confirmed it (§4.5). */
function listedRoot({ survivors }: RoundManifest): string {
  return toHex(merkleRoot(survivors.map(({ member, inputRoot }) => concat(u32(member), fromHex(inputRoot)))));
}

export const evidenceAgrees: RoundCheck = {
  id: 'evidence.manifest',
  level: 4,
  scope: 'round',
  needs: ['evidence.root'],
  async run(round, { domain }) {
    const manifest = await round.manifest();
    const { evidence } = await round.evidence();
    const at = `${round.place} → evidence`;
    return answering(at, () => {
      const wanted: Record<string, [unknown, unknown]> = {
        chain: [evidence.chainId, manifest.chainId],
        escrow: [evidence.escrow, manifest.escrow],
        job: [evidence.job, manifest.job],
        round: [evidence.round, manifest.round],
        attempt: [evidence.attempt, manifest.attempt],
        roster: [buildRoster(domain, evidence.roster).root, manifest.rosterRoot],
        sharers: [[...sharersOf(evidence.shares)].join(), manifest.sharers.join()],
        survivors: [survivorsRoot(evidence.inputs), listedRoot(manifest)],
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
      return holds(`survivors root ${survivorsRoot(evidence.inputs)}`);
    });
  },
};
