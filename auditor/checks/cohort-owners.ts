/**
 * Level 2: the roster's datasets belonged to as many owners. A dispute does not ask it: whoever sells a dataset to another
 * member after it enrolled would make a true round void. protocol.md §4.2
 */
import { repeated } from '#protocol/rules/roster.ts';
import type { RoundCheck } from '../check.ts';
import { ownersDuring } from '../facts.ts';
import { failsBy, holds } from '../verdict.ts';

export const cohortOwners: RoundCheck = {
  id: 'cohort.owners',
  level: 2,
  scope: 'round',
  needs: ['signatures.roster'],
  async run(round, { facts }) {
    const { members } = await round.roster();
    const flaws = ownersDuring(facts, round.number).map((owners) =>
      repeated(
        'roster/duplicate-owner',
        members.map(({ seat }) => owners[seat] ?? ''),
      ),
    );
    const [first] = flaws;
    return first && flaws.every((flaw) => flaw !== null)
      ? failsBy(`${round.place} → roster`, first)
      : holds(`${members.length} owners`);
  },
};
