/**
 * Level 2: the roster's enrolments are signed by the operators frozen in the seats, for this very model and these
 * terms, by distinct operators, datasets and keys. Whose the datasets were is `cohort.owners`'. protocol.md §4.2
 */
import { rosterSchema } from '#protocol/manifests.ts';
import { readBlock } from '#datasets/read-block.ts';
import { digestHex } from '#model/model-store.ts';
import { seatsThen } from '#model/posted-round.ts';
import { rosterFlaw } from '#protocol/rules/roster.ts';
import type { RoundCheck } from '../check.ts';
import { answering, fails, failsBy, holds } from '../verdict.ts';

export const roster: RoundCheck = {
  id: 'signatures.roster',
  level: 2,
  scope: 'round',
  async run(round, subject) {
    const { domain, facts, source } = subject;
    const { digests } = await subject.job();
    const manifest = await round.manifest();
    const at = `${round.place} → roster`;
    return answering(at, async () => {
      const { members } = await readBlock(
        source,
        manifest.roster,
        rosterSchema,
        `the roster of ${round.place}`,
      );
      const had = facts.job.seats.map((seat, index) => ({
        ...seat,
        operators: facts.operators[index] ?? [seat.operator],
      }));
      const seats = seatsThen({ seats: had, members });
      const expected = { ...round.id, model: digestHex(manifest.modelBefore), ...digests };
      const broken = rosterFlaw(domain, members, expected, seats);
      if (broken) return failsBy(at, broken);
      const { root } = await round.roster();
      return root === manifest.rosterRoot
        ? holds(`${members.length} enrolments by the seats’ operators, root ${root}`)
        : fails(at, 'roster/other-root', `its root is ${root}, the manifest says ${manifest.rosterRoot}`);
    });
  },
};
