/** What goes up and down piece by piece: a masked input, and an attempt's evidence. protocol.md §4.4, §6.4 */
import { z } from 'zod';
import { signedInput } from '../../messages.ts';
import { tokenOf } from '../token.ts';
import { accepted } from './messages.ts';
import type { Operation } from './operation.ts';
import { attemptPath, memberPath, none } from './parameters.ts';

/** Of a bucket that inputs and evidence are in. */
const ofBucket = [
  ...['storage/unreachable', 'storage/forbidden'],
  ...['storage/no-bucket', 'storage/no-credentials'],
];

export const upload = {
  method: 'put',
  path: '/v1/jobs/{job}/rounds/{round}/attempts/{attempt}/inputs/{member}',
  tag: 'messages',
  summary: 'Upload a masked input',
  description:
    'The packed vector as body, the signed commitment to it in a header. It is on disk, whole and of its signed root, before ' +
    'it is accepted (§4.4). The body is read only where the message would count.',
  parameters: {
    path: memberPath,
    query: none,
    headers: z.object({
      'tributary-message': tokenOf(signedInput).meta({
        description: 'The signed `Input`, as JSON in base64url.',
        contentEncoding: 'base64url',
        contentMediaType: 'application/json',
        contentSchema: { $ref: '#/components/schemas/SignedInput' },
      }),
    }),
  },
  body: {
    kind: 'bytes',
    type: 'application/octet-stream',
    description: "As many bytes as the roster's parameters say (§2.4), no more and no fewer.",
  },
  answer: {
    kind: 'json',
    schema: accepted,
    description: 'The input is on disk; sent again it is answered the same, and its body is not read.',
    paged: false,
  },
  problems: [
    ...['attempt/wrong-phase', 'message/bad-signature', 'message/other-attempt'],
    ...['message/not-a-member', 'message/other-roster', 'storage/full', 'storage/no-room'],
    ...ofBucket,
    ...['input/conflict', 'input/not-a-sharer', 'input/other-sharers', 'input/root-mismatch'],
    ...['vector/length', 'vector/padding'],
  ],
  sender: 'message',
  caching: 'none',
  deprecated: null,
} as const satisfies Operation;

export const evidence = {
  method: 'get',
  path: '/v1/jobs/{job}/rounds/{round}/attempts/{attempt}/evidence',
  tag: 'attempts',
  summary: "An attempt's evidence, as one CAR",
  description:
    "All that recomputes an attempt's sum, as one CAR of the proposal's evidence root (§6.1, §6.4), for the members of the " +
    "roster, their owners, the buyer, and the readers that the job's terms name. An answer that breaks off is asked for again.",
  parameters: {
    path: attemptPath,
    query: none,
    headers: z.object({ authorization: z.string().optional() }),
  },
  body: { kind: 'none' },
  answer: {
    kind: 'bytes',
    type: 'application/vnd.ipld.car; version=1',
    description: 'A CAR of version 1 with one root; whoever takes it re-hashes every block.',
  },
  problems: [
    'auth/caveat',
    'evidence/forbidden',
    'evidence/unknown-block',
    'evidence/expired',
    'evidence/damaged',
    ...ofBucket,
  ],
  sender: { kind: 'bearer', scope: 'evidence:read', request: true },
  caching: 'none',
  deprecated: null,
} as const satisfies Operation;
