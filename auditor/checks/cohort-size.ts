/** Level 2: U3 ⊆ U2 ⊆ U1, each as large as threshold and terms demand. protocol.md §3.7, §4.5 */
import { everyMember, memberSet } from '#crypto/members.ts';
import type { RoundCheck } from '../check.ts';
import { cutOffFlaw } from '#protocol/rules/phase-messages.ts';
import { answering, fails, failsBy, holds } from '../verdict.ts';

export const cohortSize: RoundCheck = {
  id: 'cohort.size',
  level: 2,
  scope: 'round',
  async run(round, subject) {
    const { minimumCohort } = (await subject.job()).manifest;
    const manifest = await round.manifest();
    const roster = await round.roster();
    const { members, threshold } = roster;
    return answering(round.place, () => {
      const sharers = memberSet(manifest.sharers);
      const survivors = memberSet(manifest.survivors.map(({ member }) => member));
      if (members.length < minimumCohort) {
        return fails(
          round.place,
          'cohort/too-small',
          `${members.length} enrolled, the terms want ${minimumCohort}`,
        );
      }
      if (!sharers.isSubsetOf(everyMember(members.length))) {
        return fails(`${round.place} → sharers`, 'cohort/not-members', 'a sharer is not in the roster');
      }
      if (!survivors.isSubsetOf(sharers)) {
        return fails(
          `${round.place} → survivors`,
          'cohort/not-sharers',
          'a survivor never shared its secrets',
        );
      }
      if (roster.draw) {
        const cutOff = cutOffFlaw(roster, survivors);
        if (cutOff) return failsBy(`${round.place} → survivors`, cutOff);
      } else if (survivors.size < threshold) {
        return fails(
          `${round.place} → survivors`,
          'cohort/below-threshold',
          `${survivors.size} survived of ${members.length}, the threshold is ${threshold}`,
        );
      }
      return holds(`${members.length} enrolled, ${sharers.size} shared, ${survivors.size} survived`);
    });
  },
};
