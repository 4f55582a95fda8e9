/** What a caller may use in a day: requests, and bytes on the wire. docs/operations.md */
import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { quotaOf, type Quotas } from '../../operations/limits.ts';
import type { Ledger } from '../../quotas/ledger.ts';
import { callerOfResponse, holderOf } from './callers.ts';
import { tell, tellRefusal } from './fields.ts';

export type QuotaParts = Readonly<{
  /** As they are now: asked at each request. */
  quotas: () => Pick<Quotas, 'requests' | 'bytes'>;
  ledger: Pick<Ledger, 'used' | 'add'>;
}>;

const DAY_SECONDS = 86_400;

/** Of the key or account that a request was found to be of. Where there is no quota, nothing is counted. */
export function callerQuotas({ quotas, ledger }: QuotaParts): RequestHandler {
  return (request, response, next) => {
    const caller = callerOfResponse(response);
    const limits = { requests: quotaOf(quotas().requests), bytes: quotaOf(quotas().bytes) };
    if (caller === null || (limits.requests === null && limits.bytes === null)) return next();
    const holder = holderOf(caller);
    const { requests, bytes, secondsLeft } = ledger.used(holder);
    const day = { windowSeconds: DAY_SECONDS, secondsLeft, holder };
    ask(response, { name: 'day_requests', limit: limits.requests, used: requests + 1, ...day });
    // How many bytes this one is, nobody knows yet: it is answered while there is one left.
    ask(response, { name: 'day_bytes', limit: limits.bytes, used: bytes, ...day }, 1);
    ledger.add(holder, { requests: 1, bytes: 0 });
    countBytes(request, response, (more) => ledger.add(holder, { requests: 0, bytes: more }));
    next();
  };
}

type Asked = Readonly<{
  name: string;
  limit: number | null;
  used: number;
  windowSeconds: number;
  secondsLeft: number;
  holder: string;
}>;

/** @param least that must be left. @throws TributaryError `request/quota-exhausted` */
function ask(response: ServerResponse, { limit, ...asked }: Asked, least = 0): void {
  if (limit === null) return;
  const standing = { ...asked, limit };
  if (limit - asked.used >= least) return tell(response, standing);
  tellRefusal(response, standing);
  throw new TributaryError(
    'request/quota-exhausted',
    `the quota of ${limit} ${asked.name === 'day_bytes' ? 'bytes' : 'requests'} a day is used up: it is new at 00:00 UTC`,
  );
}

/** What is on the connection while the request is served; a body that came along with its head is known by its length. */
function countBytes(
  { socket, headers }: Request,
  response: ServerResponse,
  count: (bytes: number) => void,
): void {
  const [read, written] = [socket.bytesRead, socket.bytesWritten];
  const length = Number(headers['content-length'] ?? 0);
  response.once('close', () => {
    const body = Math.max(socket.bytesRead - read, Number.isSafeInteger(length) ? length : 0);
    count(body + socket.bytesWritten - written);
  });
}
