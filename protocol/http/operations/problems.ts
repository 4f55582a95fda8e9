/** Which codes an operation may be refused with: those that follow from its parts, and its own. RFC 9457 */
import { statusOf } from '../statuses.ts';
import type { Operation } from './operation.ts';

/** What any operation may be answered. */
const always = ['request/not-acceptable', 'request/rate-limited', 'coordinator/internal'];
const ofParameters = ['request/schema', 'request/malformed'];
const ofBytes = ['request/unsupported-type', 'request/too-slow'];
const ofBody = [...ofBytes, 'request/schema', 'request/malformed', 'request/too-large'];
const ofBearer = [
  ...['auth/missing', 'auth/invalid', 'auth/expired', 'auth/revoked', 'auth/rotated', 'auth/scope'],
  'request/quota-exhausted',
];
const ofIdempotency = ['request/idempotency-conflict', 'request/idempotency-running'];
const ofJob = ['job/unknown'];
const ofAttempt = ['attempt/unknown', 'database/damaged', 'database/unreachable'];

/** Codes by status, each list sorted. */
export function problemsOf(operation: Operation): ReadonlyMap<number, readonly string[]> {
  const { parameters, body, problems, sender } = operation;
  const has = (part: keyof Operation['parameters']) => Object.keys(parameters[part].shape);
  const asked = [...has('path'), ...has('query'), ...has('headers')];
  const codes = new Set([
    ...always,
    ...(asked.length > 0 ? ofParameters : []),
    ...(body.kind === 'json' ? ofBody : []),
    ...(body.kind === 'bytes' ? ofBytes : []),
    ...(typeof sender === 'object' ? ofBearer : []),
    ...(has('headers').includes('idempotency-key') ? ofIdempotency : []),
    ...(has('path').includes('job') ? ofJob : []),
    ...(has('path').includes('attempt') ? ofAttempt : []),
    ...problems,
  ]);
  const byStatus = new Map<number, string[]>();
  for (const code of [...codes].sort()) {
    const status = statusOf(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return byStatus;
}
