/** Level 2: each survivor's own policy holds for the owners that survived with it, at one moment of the round. protocol.md §4.5 */
import { parseDescriptor } from '#datasets/descriptor.ts';
import { cohortRefusal, type Policy, type PolicyRefusal } from '#datasets/policy.ts';
import type { RoundCheck } from '../check.ts';
import type { Address } from '#protocol/units.ts';
import { ownersDuring } from '../facts.ts';
import { answering, fails, holds, type Verdict } from '../verdict.ts';

export const cohortPolicy: RoundCheck = {
  id: 'cohort.policy',
  level: 2,
  scope: 'round',
  async run(round, { source, facts, job }) {
    const { datasets } = (await job()).manifest;
    const seats = await round.survivingSeats();
    const members = seats.flatMap((seat) => {
      const dataset = datasets[seat];
      return dataset ? [{ seat, descriptor: dataset.descriptor }] : [];
    });
    const unknown = seats.find((seat) => !members.some((member) => member.seat === seat));
    if (unknown !== undefined) {
      return fails(
        `${round.place}, seat ${unknown}`,
        'cohort/no-such-seat',
        `the job has no seat ${unknown}`,
      );
    }
    for (const { seat, descriptor } of members) {
      const at = `${round.place}, seat ${seat}`;
      const bytes = await source.get(descriptor);
      const verdict = await answering(at, (): Verdict => {
        const { policy } = parseDescriptor(bytes);
        const [refusal, ...later] = ownersDuring(facts, round.number).map((owners) =>
          refusalAmong(owners, seat, seats, policy),
        );
        return refusal && later.every((other) => other !== null)
          ? fails(at, refusal, `too few of the ${seats.length} surviving owners are peers of its own`)
          : holds(`seat ${seat}`);
      });
      if (verdict.result !== 'passed') return verdict;
    }
    return holds(`${seats.length} survivors among peers`);
  },
};

function refusalAmong(
  owners: readonly Address[],
  own: number,
  seats: readonly number[],
  policy: Policy,
): PolicyRefusal | null {
  const survivors = seats.flatMap((seat) => owners[seat] ?? []);
  return cohortRefusal(policy, owners[own] as Address, survivors);
}
