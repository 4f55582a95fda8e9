/** What anyone may read: the coordinator's state, jobs, attempts, and the ciphertexts for a member. protocol.md §4.1 */
import { Router } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { holdersOf } from '#crypto/graph.ts';
import { rosterOf } from '../round/frame.ts';
import { byMember } from '../round/slots.ts';
import type { WithShares } from '../round/base.ts';
import type { Addressed } from '../store/records.ts';
import type { HttpParts } from './parts.ts';
import { attemptOf, jobParameter, memberParameter, parsed, pollOf } from './request.ts';

export const ATTEMPT_PATH = '/jobs/:job/rounds/:round/attempts/:attempt';

export function readRoutes({ jobs, records, identity, clock }: HttpParts): Router {
  const routes = Router();
  const startedAt = clock.now();

  routes.get('/status', (_request, response) => {
    const count = (state: string) => jobs.list().filter((job) => job.state === state).length;
    const counts = { active: count('active'), finished: count('finished'), failed: count('failed') };
    response.json({ version: 1, ...identity, startedAt, jobs: counts });
  });

  routes.get('/jobs', (_request, response) => {
    response.json(jobs.list());
  });

  routes.get('/jobs/:job', (request, response) => {
    response.json(jobs.driver(parsed(jobParameter, request.params['job'], 'path.job')).view);
  });

  routes.get(ATTEMPT_PATH, async (request, response) => {
    const id = attemptOf(request);
    const { after, seconds, seat } = pollOf(request);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const view = await jobs.driver(id.job).attemptView(id, after, seconds, gone.signal, seat);
    if (!response.closed) response.json(view);
  });

  routes.get(`${ATTEMPT_PATH}/shares/:member`, async (request, response) => {
    const id = attemptOf(request);
    const member = parsed(memberParameter, request.params['member'], 'path.member');
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
    response.json(await records.deliveries(id, addressedTo(state, member)));
  });

  return routes;
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
