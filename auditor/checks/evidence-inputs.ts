/** Level 4: each packed input has the root that its owner signed, recomputed from its chunks. protocol.md §2.4 */
import { inputRoot } from '#crypto/packing.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { toHex } from '#crypto/bytes.ts';
import { getBlob } from '#datasets/blob.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds, type Verdict } from '../verdict.ts';

export const evidenceInputs: RoundCheck = {
  id: 'evidence.inputs',
  level: 4,
  scope: 'round',
  needs: ['evidence.root'],
  async run(round, subject) {
    const { parameters } = await subject.job();
    const { members } = await round.roster();
    const { evidence, source } = await round.evidence();
    const w = wordBits(parameters.bits, members.length);
    for (const { message, vector } of evidence.inputs) {
      const at = `${round.place} → evidence → input of member ${message.member}`;
      const verdict = await answering(at, async (): Promise<Verdict> => {
        const packed = await getBlob(source, vector, { limit: packedBytes(parameters, w) });
        const root = toHex(inputRoot(packed, parameters, w));
        return root === message.inputRoot
          ? holds(root)
          : fails(at, 'evidence/other-input', `its root is ${root}, the member signed ${message.inputRoot}`);
      });
      if (verdict.result !== 'passed') return verdict;
    }
    return holds(`${evidence.inputs.length} inputs of ${parameters.dimension} words of ${w} bits`);
  },
};
