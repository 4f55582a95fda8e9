/** Level 1: the escrow holds the job, started, and no more rounds than it was sold for. protocol.md §5.1 */
import type { JobCheck } from '../check.ts';
import { fails, holds } from '../verdict.ts';

export const jobOnChain: JobCheck = {
  id: 'chain.job',
  level: 1,
  scope: 'job',
  async run({ facts }) {
    const { job, state, rounds, settlements, seats } = facts.job;
    if (state !== 'active' && state !== 'closed') {
      return fails('job', 'chain/job-not-started', `job ${job} is ${state}: no round of it could be settled`);
    }
    if (settlements.length > rounds) {
      return fails(
        'job',
        'chain/too-many-rounds',
        `${settlements.length} rounds are settled, ${rounds} were sold`,
      );
    }
    return holds(
      `job ${job} is ${state}, ${seats.length} seats, ${settlements.length} of ${rounds} rounds settled`,
    );
  },
};
