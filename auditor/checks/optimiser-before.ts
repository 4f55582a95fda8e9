/** Level 1: the server's optimiser goes on from what it kept of the round before; from nothing in the first. protocol.md §6.3 */
import type { RoundCheck } from '../check.ts';
import { fails, holds } from '../verdict.ts';

export const optimiserBefore: RoundCheck = {
  id: 'lineage.optimiser-before',
  level: 1,
  scope: 'round',
  needs: ['lineage.manifest'],
  async run({ place, before, manifest }) {
    const found = (await manifest()).optimiserBefore;
    const due = before ? (await before.manifest()).optimiserAfter : null;
    const told = due === null ? 'nothing' : due.toString();
    return found?.toString() === due?.toString()
      ? holds(`goes on from ${told}`)
      : fails(
          `${place} → optimiserBefore`,
          'lineage/optimiser-before',
          `it goes on from ${found === null ? 'nothing' : found.toString()}, the round before left ${told}`,
        );
  },
};
