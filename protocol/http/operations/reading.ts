/** What anyone may read: the service's state, jobs, attempts, and the ciphertexts for a member. protocol.md §4.1 */
import { z } from 'zod';
import {
  attemptView,
  coordinatorStatus,
  deliveries as deliveriesSchema,
  jobView,
} from '../../attempt-view.ts';
import { jobEvent } from '../../job-events.ts';
import type { Operation } from './operation.ts';
import { attemptPath, jobPath, memberPath, none, pageQuery, pollQuery, streamQuery } from './parameters.ts';

export const status = {
  method: 'get',
  path: '/v1/status',
  tag: 'service',
  summary: 'Who answers here',
  description:
    "The coordinator's account, chain and escrow by its own word: the chain says whether a job is its. And how many jobs it has.",
  parameters: { path: none, query: none, headers: none },
  body: { kind: 'none' },
  answer: {
    kind: 'json',
    schema: coordinatorStatus,
    description: 'The coordinator. It may say more than is listed here.',
    paged: false,
  },
  problems: [],
  sender: 'anyone',
  caching: 'revalidate',
  deprecated: null,
} as const satisfies Operation;

export const jobs = {
  method: 'get',
  path: '/v1/jobs',
  tag: 'jobs',
  summary: 'The jobs of this coordinator, page by page',
  description:
    'In ascending order of their numbers. Where more follow, `Link` with `rel="next"` (RFC 8288) is the next page.',
  parameters: { path: none, query: pageQuery, headers: none },
  body: { kind: 'none' },
  answer: { kind: 'json', schema: z.array(jobView), description: 'A page of jobs.', paged: true },
  problems: [],
  sender: 'anyone',
  caching: 'revalidate',
  deprecated: null,
} as const satisfies Operation;

export const job = {
  method: 'get',
  path: '/v1/jobs/{job}',
  tag: 'jobs',
  summary: 'A job and its present attempt',
  description: 'Which attempt at which round is under way, or was the last.',
  parameters: { path: jobPath, query: none, headers: none },
  body: { kind: 'none' },
  answer: { kind: 'json', schema: jobView, description: 'The job.', paged: false },
  problems: [],
  sender: 'anyone',
  caching: 'revalidate',
  deprecated: null,
} as const satisfies Operation;

export const events = {
  method: 'get',
  path: '/v1/jobs/{job}/events',
  tag: 'jobs',
  summary: "A job's events, as they come",
  description:
    'Server-Sent Events: each has an `id` and, as `data`, a `JobEvent` in one line. They are hints of what to read again. With ' +
    '`Last-Event-ID` the stream goes on after that event, with each that was missed, once and in order; where it can not, or ' +
    'without one, it begins with `read-again`. A line that begins with a colon says, every 15 seconds, that it lives. A reader ' +
    'that takes nothing for a minute is cut off. Streams end when they have lasted as long as they may, or the coordinator ' +
    'stops: come again with the last id.',
  parameters: {
    path: jobPath,
    query: streamQuery,
    headers: z.object({
      'last-event-id': z
        .string()
        .max(64)
        .optional()
        .meta({ description: 'The `id` of the last event that you have.', examples: ['5f0c1a3e9d0b-12'] }),
    }),
  },
  body: { kind: 'none' },
  answer: {
    kind: 'events',
    type: 'text/event-stream',
    schema: jobEvent,
    description: 'Events without an end, each a `JobEvent`.',
  },
  problems: ['events/full', 'events/too-many-streams'],
  sender: 'anyone',
  caching: 'none',
  deprecated: null,
} as const satisfies Operation;

export const attempt = {
  method: 'get',
  path: '/v1/jobs/{job}/rounds/{round}/attempts/{attempt}',
  tag: 'attempts',
  summary: 'An attempt, as far as it has come',
  description:
    'What the coordinator publishes of an attempt, all of it to be checked by whoever reads it. With `after` and `wait` the ' +
    'answer waits for a later revision (long poll). Of a sparse attempt (§4.9) each seat reads its own part, by `seat`.',
  parameters: { path: attemptPath, query: pollQuery, headers: none },
  body: { kind: 'none' },
  answer: { kind: 'json', schema: attemptView, description: 'The attempt, by its phase.', paged: false },
  problems: [],
  sender: 'anyone',
  caching: 'revalidate',
  deprecated: null,
} as const satisfies Operation;

export const deliveries = {
  method: 'get',
  path: '/v1/jobs/{job}/rounds/{round}/attempts/{attempt}/shares/{member}',
  tag: 'attempts',
  summary: 'The ciphertexts for a member',
  description:
    'What each dealer near a member encrypted for it (§3.6); the member alone can open them. There once all have dealt.',
  parameters: { path: memberPath, query: none, headers: none },
  body: { kind: 'none' },
  answer: { kind: 'json', schema: deliveriesSchema, description: 'By ascending dealer.', paged: false },
  problems: ['attempt/wrong-phase', 'message/not-a-member'],
  sender: 'anyone',
  caching: 'revalidate',
  deprecated: null,
} as const satisfies Operation;
