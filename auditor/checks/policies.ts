/**
 * Level 2: each dataset's published policy allows the job, and the terms weigh it as its descriptor says.
 * protocol.md §2.1, §4.2
 */
import { parseDescriptor } from '#datasets/descriptor.ts';
import { termsRefusal } from '#datasets/policy.ts';
import type { Job } from '#model/job.ts';
import { digestHex } from '#model/model-store.ts';
import { classNamesOf } from '#model/topology.ts';
import type { JobCheck } from '../check.ts';
import type { Subject } from '../subject.ts';
import { answering, fails, holds, type Verdict } from '../verdict.ts';

async function datasetVerdict(
  { source, facts }: Subject,
  { manifest, topology }: Job,
  index: number,
): Promise<Verdict> {
  const at = `terms → dataset ${index} → descriptor`;
  const [dataset, seat] = [manifest.datasets[index], facts.job.seats[index]];
  if (!dataset || !seat) return fails(at, 'policy/no-dataset', `seat ${index} has no dataset in the terms`);
  const registered = facts.descriptors[index];
  if (digestHex(dataset.descriptor) !== registered) {
    return fails(
      at,
      'policy/other-descriptor',
      `the terms link another descriptor than the registry’s ${registered}`,
    );
  }
  return answering(at, async () => {
    const { policy, rowsBucket } = parseDescriptor(await source.get(dataset.descriptor));
    const refusal = termsRefusal(policy, {
      pricePerRound: seat.price,
      rounds: manifest.rounds,
      layers: classNamesOf(topology),
      coordinator: facts.job.coordinator,
    });
    if (refusal) return fails(at, refusal, `dataset ${seat.dataset} does not allow this job`);
    return dataset.weight === rowsBucket
      ? holds(`dataset ${seat.dataset} allows the job`)
      : fails(
          at,
          'weights/other-bucket',
          `the terms weigh it ${dataset.weight}, its descriptor says ${rowsBucket}`,
        );
  });
}

export const policies: JobCheck = {
  id: 'datasets.policy',
  level: 2,
  scope: 'job',
  async run(subject) {
    const job = await subject.job();
    for (const [index] of job.manifest.datasets.entries()) {
      const verdict = await datasetVerdict(subject, job, index);
      if (verdict.result !== 'passed') return verdict;
    }
    return holds(`${job.manifest.datasets.length} datasets allow the job`);
  },
};
