/** Level 2: each survivor's own policy holds for the owners that survived with it. protocol.md §4.5 */
import { parseDescriptor } from '#datasets/descriptor.ts';
import { cohortRefusal } from '#datasets/policy.ts';
import type { RoundCheck } from '../check.ts';
import { ownersAt } from '../facts.ts';
import { answering, fails, holds, type Verdict } from '../verdict.ts';

export const cohortPolicy: RoundCheck = {
  id: 'cohort.policy',
  level: 2,
  scope: 'round',
  async run(round, { source, facts, job }) {
    const { datasets } = (await job()).manifest;
    const seats = await round.survivingSeats();
    const owners = ownersAt(facts, round.number);
    const members = seats.flatMap((seat) => {
      const [dataset, owner] = [datasets[seat], owners[seat]];
      return dataset && owner ? [{ seat, dataset, owner }] : [];
    });
    const unknown = seats.find((seat) => !members.some((member) => member.seat === seat));
    if (unknown !== undefined) {
      return fails(
        `${round.place}, seat ${unknown}`,
        'cohort/no-such-seat',
        `the job has no seat ${unknown}`,
      );
    }
    const survivors = members.map(({ owner }) => owner);
    for (const { seat, dataset, owner } of members) {
      const at = `${round.place}, seat ${seat}`;
      const bytes = await source.get(dataset.descriptor);
      const verdict = await answering(at, (): Verdict => {
        const refusal = cohortRefusal(parseDescriptor(bytes).policy, owner, survivors);
        return refusal
          ? fails(at, refusal, `too few of the ${survivors.length} surviving owners are peers of ${owner}`)
          : holds(owner);
      });
      if (verdict.result !== 'passed') return verdict;
    }
    return holds(`${seats.length} survivors among peers`);
  },
};
