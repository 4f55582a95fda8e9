/** Level 1: the job's terms are the block whose digest the chain holds, and say what the chain says. protocol.md §6.2 */
import { evidenceText } from '#protocol/evidence-terms.ts';
import type { JobCheck } from '../check.ts';
import { answeringForLinks, holds } from '../verdict.ts';

export const terms: JobCheck = {
  id: 'lineage.terms',
  level: 1,
  scope: 'job',
  run: (subject) =>
    answeringForLinks('terms', async () => {
      const { manifest } = await subject.job();
      return holds(
        `${subject.terms.toString()}: ${manifest.datasets.length} datasets, ${manifest.rounds} rounds; ${evidenceText(manifest.evidence)}`,
      );
    }),
};
