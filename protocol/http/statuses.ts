/** The HTTP status of each code that a request may be refused with. RFC 9110 §15 */

const byCode: Readonly<Record<string, number>> = {
  'request/schema': 400,
  'request/malformed': 400,
  'message/bad-signature': 401,
  'enrolment/wrong-operator': 403,
  'evidence/forbidden': 403,
  'auth/caveat': 403,
  'auth/narrowed': 403,
  'auth/scope': 403,
  'auth/unknown-key': 404,
  'webhook/not-yours': 403,
  'webhook/unknown': 404,
  'webhook/unknown-letter': 404,
  'request/idempotency-running': 409,
  'auth/message': 422,
  'auth/too-many-keys': 422,
  'auth/validity': 422,
  'request/unknown-route': 404,
  'job/unknown': 404,
  'attempt/unknown': 404,
  'evidence/unknown-block': 404,
  'request/method-not-allowed': 405,
  'request/not-acceptable': 406,
  'attempt/wrong-phase': 409,
  'enrolment/duplicate-operator': 409,
  'enrolment/duplicate-owner': 409,
  'enrolment/duplicate-key': 409,
  'evidence/expired': 410,
  'request/too-slow': 408,
  'request/too-large': 413,
  'request/unsupported-type': 415,
  'request/rate-limited': 429,
  'request/quota-exhausted': 429,
  'request/headers-too-large': 431,
  'events/too-many-streams': 429,
  'coordinator/internal': 500,
  'database/unreachable': 503,
  'events/full': 503,
  'storage/full': 507,
  'storage/no-room': 507,
  'storage/unreachable': 503,
  'storage/forbidden': 503,
  'storage/no-bucket': 503,
  'storage/no-credentials': 503,
};
/** By the first part of a code: who is not believed, the coordinator's own trouble, and that of what it stands on. */
const byArea: Readonly<Record<string, number>> = {
  auth: 401,
  chain: 503,
  ipfs: 503,
  database: 500,
  storage: 500,
  evidence: 500,
};
/** Understood, and refused for what it says. */
const UNPROCESSABLE = 422;

export function statusOf(code: string): number {
  const [area = '', what] = code.split('/');
  return byCode[code] ?? (what === 'conflict' ? 409 : (byArea[area] ?? UNPROCESSABLE));
}
