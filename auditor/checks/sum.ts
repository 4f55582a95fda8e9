/** Level 4: the linked aggregate is the sum of the signed inputs without their masks. protocol.md §6.4 */
import { loadAggregate } from '#model/aggregate.ts';
import { sumFromEvidence } from '#model/evidence-sum.ts';
import { digestHex } from '#model/model-store.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds } from '../verdict.ts';

export const sum: RoundCheck = {
  id: 'aggregate.sum',
  level: 4,
  scope: 'round',
  needs: ['evidence.messages', 'evidence.secrets', 'evidence.inputs'],
  async run(round, subject) {
    const job = await subject.job();
    const frame = await round.frame();
    const manifest = await round.manifest();
    const { evidence, source } = await round.evidence();
    const at = `${round.place} → aggregate → sum`;
    return answering(at, async () => {
      // One input at a time is in memory, beside the running sum.
      const recomputed = await sumFromEvidence(source, frame, evidence, job, digestHex(manifest.modelBefore));
      const linked = await loadAggregate(subject.source, manifest.aggregate, job.parameters.dimension);
      const wrong = recomputed.findIndex((value, coordinate) => value !== linked.sum[coordinate]);
      return wrong < 0
        ? holds(`${evidence.inputs.length} inputs, ${recomputed.length} coordinates`)
        : fails(
            at,
            'aggregate/differs',
            `coordinate ${wrong}: the inputs add up to ${recomputed[wrong]}, the aggregate says ${linked.sum[wrong]}`,
          );
    });
  },
};
