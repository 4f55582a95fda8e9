/** What the document says beside its operations: to whoever opens it first. */

export const info = {
  title: 'Tributary coordinator',
  summary: 'Rounds of federated learning under secure aggregation.',
  description: [
    "Owners, buyers and auditors of a job talk to the job's coordinator here. It is trusted to go on, and with nothing else: " +
      'what it answers is checked by whoever reads it. Sections (§) are those of docs/protocol.md.',
    '**Bytes** are `0x` and lower-case hex, **amounts** are decimal text in base units, **times** are whole Unix seconds. ' +
      'A JSON body of more than 2,048 bytes goes up gzipped (`content-encoding: gzip`); plain is taken as well.',
    '**Messages** are EIP-712 and prove their sender by their own signature. The same content again is answered the same; other ' +
      'content for a filled slot is refused with `…/conflict`.',
    '**Refusals** are RFC 9457 problems with a stable `code`. New codes may come with any version: go by the status where you do ' +
      'not know one. Every answer has an `X-Request-Id`, the one that was sent where that is a UUID.',
    '**Methods**: each `GET` has its `HEAD`; any other method is answered 405 with `Allow`. Pages of other origins read nothing (no CORS).',
    '**Versions, deprecation, caching, limits**: docs/api.md.',
  ].join('\n\n'),
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

export const servers = [{ url: '/', description: 'The coordinator that serves this document.' }];

export const tags = [
  { name: 'service', description: 'The coordinator itself.' },
  { name: 'access', description: 'Who may ask: sign-in with Ethereum, tokens, API keys.' },
  { name: 'webhooks', description: 'Events of jobs, posted to URLs of those whose jobs they are.' },
  { name: 'jobs', description: 'What buyers launched.' },
  { name: 'attempts', description: 'One try at one secure average, as it goes.' },
  { name: 'messages', description: 'What members and the buyer send, each signed.' },
];

export const BEARER_SCHEME = 'token';
export const REQUEST_SCHEME = 'evidenceRequest';
export const securitySchemes = {
  [BEARER_SCHEME]: {
    type: 'http' as const,
    scheme: 'bearer',
    description:
      '`Authorization: Bearer TOKEN`. An access token (`triba_…`, from a sign-in, 15 minutes) or an API key (`tribk_…`), as it was ' +
      'given or narrowed by its holder, with the scope that the operation names: docs/api.md.',
  },
  [REQUEST_SCHEME]: {
    type: 'http' as const,
    scheme: 'tributary',
    'x-token': { $ref: '#/components/schemas/SignedEvidenceRequest' },
    description:
      '`Authorization: Tributary TOKEN`. The token is a `SignedEvidenceRequest`, signed by its requester by EIP-712 with a ' +
      'deadline at most 600 seconds ahead, as JSON in base64url without padding (§6.4).',
  },
};
