/**
 * Level 1: a round starts from the model that the one before ended with; the first from the weights that follow
 * from the job's seed. protocol.md §6.2
 */
import { scratchStore } from '#datasets/scratch-store.ts';
import { loadTopology, putInitialModel } from '#model/model-store.ts';
import { readBlock } from '#datasets/read-block.ts';
import { modelSchema } from '#protocol/manifests.ts';
import type { RoundCheck } from '../check.ts';
import type { Subject } from '../subject.ts';
import { answering, fails, holds } from '../verdict.ts';

/** The CID that the seed gives, computed without the copy's weights. */
async function seededModel({ source, job }: Subject): Promise<string> {
  const { manifest } = await job();
  const { topology: topologyCid } = await readBlock(source, manifest.model, modelSchema, 'the initial model');
  const topology = await loadTopology(source, topologyCid);
  const { cid } = await putInitialModel(scratchStore(), topologyCid, topology, manifest.seed);
  return cid.toString();
}

export const modelBefore: RoundCheck = {
  id: 'lineage.model-before',
  level: 1,
  scope: 'round',
  needs: ['lineage.manifest'],
  async run({ place, before, manifest }, subject) {
    const found = (await manifest()).modelBefore.toString();
    const at = `${place} → modelBefore`;
    if (before) {
      const due = (await before.manifest()).modelAfter.toString();
      return found === due
        ? holds(`the model after ${before.place}`)
        : fails(at, 'lineage/model-before', `it starts from ${found}, ${before.place} ended with ${due}`);
    }
    const { manifest: terms } = await subject.job();
    if (found !== terms.model.toString()) {
      return fails(
        at,
        'lineage/model-before',
        `it starts from ${found}, the terms from ${terms.model.toString()}`,
      );
    }
    return answering('terms → model', async () => {
      const due = await seededModel(subject);
      return found === due
        ? holds('the initial model, recomputed from the seed')
        : fails(
            'terms → model',
            'lineage/initial-model',
            `the seed gives model ${due}, the terms link ${found}`,
          );
    });
  },
};
