/** What anyone may read: the coordinator's state, jobs, attempts, and the ciphertexts for a member. protocol.md §4.1 */
import { TributaryError } from '#crypto/error.ts';
import { holdersOf } from '#crypto/graph.ts';
import type { Operations } from '#protocol/http/operations.ts';
import { publishedPolicy } from '../operations/published.ts';
import { rosterOf } from '../round/frame.ts';
import { byMember } from '../round/slots.ts';
import type { WithShares } from '../round/base.ts';
import type { Addressed } from '../store/records.ts';
import type { HttpParts } from './parts.ts';
import type { Handlers } from './route.ts';

type Reads = Pick<Operations, 'status' | 'jobs' | 'job' | 'attempt' | 'deliveries'>;

export function readHandlers({
  jobs,
  records,
  identity,
  clock,
  policy,
  isDraining,
}: HttpParts): Handlers<Reads> {
  const startedAt = clock.now();
  return {
    status() {
      const count = (state: string) => jobs.list().filter((job) => job.state === state).length;
      const counts = { active: count('active'), finished: count('finished'), failed: count('failed') };
      return {
        version: 1,
        ...identity,
        startedAt,
        jobs: counts,
        draining: isDraining(),
        policy: publishedPolicy(policy.current()),
      };
    },

    jobs({ query: { limit, after } }) {
      const left = jobs
        .list()
        .filter(({ job }) => job > after)
        .toSorted((a, b) => a.job - b.job);
      const list = left.slice(0, limit);
      const last = list.at(-1);
      const next = last && left.length > limit ? `/v1/jobs?limit=${limit}&after=${last.job}` : null;
      return { list, next };
    },

    job: ({ path }) => jobs.driver(path.job).view,

    attempt({ path, query: { after, wait, seat }, gone }) {
      return jobs.driver(path.job).attemptView(path, after ?? null, wait, gone, seat ?? null);
    },

    async deliveries({ path: { member, ...id } }) {
      const state = await jobs.driver(id.job).attempt(id);
      if (!('shares' in state) || state.phase === 'sharing') {
        throw new TributaryError(
          'attempt/wrong-phase',
          `this attempt is ${state.phase}: shares are given once all have dealt`,
        );
      }
      if (member >= state.enrolments.length) {
        throw new TributaryError('message/not-a-member', `member ${member} is not in the roster`);
      }
      return records.deliveries(id, addressedTo(state, member));
    },
  };
}

/** Where each sharer near a member put what it encrypted for it. */
function addressedTo(state: WithShares, member: number): Addressed[] {
  const { graph } = rosterOf(state);
  const near = graph.neighboursOf(member);
  return state.shares
    .map(byMember)
    .filter((dealer) => near.has(dealer))
    .map((dealer) => ({ dealer, place: holdersOf(graph, dealer).rankOf(member) ?? 0 }));
}
