/** Level 2: the average divides by the survivors' weights as the job's terms fixed them. protocol.md §2.1, §2.5 */
import { readBlock } from '#datasets/read-block.ts';
import { weightSumOf } from '#model/aggregate.ts';
import { aggregateSchema } from '#protocol/manifests.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, holds } from '../verdict.ts';

export const weights: RoundCheck = {
  id: 'cohort.weights',
  level: 2,
  scope: 'round',
  async run(round, subject) {
    const job = await subject.job();
    const manifest = await round.manifest();
    const seats = await round.survivingSeats();
    const at = `${round.place} → aggregate`;
    return answering(at, async () => {
      const aggregate = await readBlock(subject.source, manifest.aggregate, aggregateSchema, 'the aggregate');
      if (aggregate.survivors !== seats.length) {
        return fails(
          at,
          'weights/survivors',
          `it is of ${aggregate.survivors} inputs, ${seats.length} survived`,
        );
      }
      const due = weightSumOf(job, seats);
      return aggregate.weightSum === due
        ? holds(`${due} over ${seats.length} seats`)
        : fails(
            at,
            'weights/sum',
            `it divides by ${aggregate.weightSum}, the survivors’ weights add up to ${due}`,
          );
    });
  },
};
