/** Level 4: the evidence that was given is the one whose digest the manifest holds, and all of it is there. protocol.md §6.4 */
import { fromHex } from '#crypto/bytes.ts';
import { cidFromDigest } from '#protocol/dag.ts';
import type { RoundCheck } from '../check.ts';
import { claimedRoot } from '../evidence-copies.ts';
import { answeringForLinks, fails, notChecked } from '../verdict.ts';
import { visit } from './blocks.ts';

export const evidenceRoot: RoundCheck = {
  id: 'evidence.root',
  level: 4,
  scope: 'round',
  async run(round, { evidenceCopies }) {
    const root = cidFromDigest('dag-cbor', fromHex((await round.manifest()).evidence));
    if (!evidenceCopies.some((copy) => copy.root.equals(root))) {
      const { job } = round.id;
      const other = await claimedRoot(evidenceCopies, job, round.number);
      return other
        ? fails(
            `${round.place} → evidence`,
            'evidence/other-root',
            `the manifest names ${root.toString()}, the copy given for this round has root ${other.toString()}`,
          )
        : notChecked(`no evidence of ${round.place} was given: ask the buyer or a participant for it`);
    }
    return answeringForLinks(`${round.place} → evidence`, async () => {
      const { source } = await round.evidence();
      return visit(source, [root]);
    });
  },
};
