/** Headers and parameters that many operations have. RFC 9110 */

const uuid = { type: 'string', format: 'uuid' } as const;
const text = { type: 'string' } as const;

export const sharedHeaders = {
  'X-Request-Id': {
    description: "The request's id, as the coordinator's log has it.",
    required: true,
    schema: uuid,
  },
  ETag: { description: 'For `If-None-Match`.', required: true, schema: { ...text, pattern: '^"[\\w-]+"$' } },
  'Cache-Control': { description: 'Whether the answer may be kept.', required: true, schema: text },
  Link: {
    description: 'The next page as `rel="next"`, where more follow (RFC 8288).',
    schema: { ...text, pattern: '^</v1/[^>]+>; rel="' },
  },
  Deprecation: {
    description: 'Since when the operation is deprecated (RFC 9745).',
    required: true,
    schema: { ...text, pattern: '^@\\d+$' },
  },
  Sunset: { description: 'When it will be gone (RFC 8594).', required: true, schema: text },
  RateLimit: {
    description:
      'What is left of the limit that is nearest to its end: `r` requests, or bytes, in the next `t` seconds.',
    schema: { ...text, pattern: '^"\\w+"; r=\\d+; t=\\d+$' },
  },
  'RateLimit-Policy': {
    description:
      'The limit: `q` requests, or bytes, in `w` seconds; `pk` stands for your address, API key or account.',
    schema: { ...text, pattern: '^"\\w+"; q=\\d+; w=\\d+; pk=:[\\w+/=-]+:$' },
  },
  'Retry-After': {
    description: 'Seconds to wait before the same is sent again.',
    required: true,
    schema: { ...text, pattern: '^\\d+$' },
  },
  'WWW-Authenticate': { description: 'How a sender is believed.', required: true, schema: text },
};
type SharedHeader = keyof typeof sharedHeaders;

export const sharedParameters = {
  'X-Request-Id': {
    name: 'X-Request-Id',
    in: 'header' as const,
    required: false,
    description: 'An id of your own for this request: a UUID. Anything else is not taken up.',
    schema: { ...text },
    example: '3f2b7c1e-9a4d-4b60-8f1c-2d5e6a7b8c9d',
  },
  traceparent: {
    name: 'traceparent',
    in: 'header' as const,
    required: false,
    description: 'The trace that the request is of (W3C Trace Context). Without it one begins.',
    schema: { ...text },
    example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header' as const,
    required: false,
    description: 'An `ETag` that you hold: answered 304 where nothing changed.',
    schema: { ...text },
  },
};

export const headersOf = (...names: readonly SharedHeader[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
export const parameterOf = (name: keyof typeof sharedParameters) => ({
  $ref: `#/components/parameters/${name}`,
});
