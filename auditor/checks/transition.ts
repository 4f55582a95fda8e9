/** Level 3: model after = model before + the linked aggregate's average, bit for bit. protocol.md §6.3 */
import { transitionFlaw } from '#model/history.ts';
import type { RoundCheck } from '../check.ts';
import { answering, failsBy, holds } from '../verdict.ts';

export const transition: RoundCheck = {
  id: 'model.transition',
  level: 3,
  scope: 'round',
  async run(round, subject) {
    const job = await subject.job();
    const manifest = await round.manifest();
    const at = `${round.place} → modelAfter`;
    return answering(at, async () => {
      const broken = await transitionFlaw(subject.source, job, manifest);
      return broken
        ? failsBy(at, broken)
        : holds(`${job.parameters.dimension} weights of ${manifest.modelAfter.toString()}`);
    });
  },
};
