/** Budgets a minute, of each address and of each caller: what is beyond them is refused with 429, RFC 6585 §4. docs/operations.md */
import type { ServerResponse } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { TributaryError } from '#crypto/error.ts';
import type { Limits } from '../../operations/limits.ts';
import { addressOf } from './address.ts';
import { callerOfResponse, holderOf } from './callers.ts';
import { tell, tellRefusal } from './fields.ts';
import { broughtNews } from './news.ts';
import { Windows } from './windows.ts';

export type RateParts = Readonly<{
  /** As they are now: asked at each request. */
  limits: () => Pick<Limits, 'address' | 'caller'>;
  /** Coordinators that serve on this database: each grants its part of a budget, so that together they grant one. */
  coordinators: () => number;
}>;

type Kind = keyof Limits['address'];
type Budgets = Readonly<Record<Kind, Windows>>;

const MINUTE_SECONDS = 60;

/** Of the address that a request came from, before anything of it is read. */
export function addressLimits({ limits, coordinators }: RateParts): RequestHandler {
  const budgets = newBudgets();
  return (request, response, next) => {
    const kind = kindOf(request);
    const holder = addressOf(request);
    const limit = partOf(limits().address[kind], coordinators());
    spend(response, { budgets, kind, name: kind, limit, holder, whose: 'from this address' });
    next();
  };
}

/** Of the key or account that a request was found to be of; what comes without either passes. */
export function callerLimits({ limits, coordinators }: RateParts): RequestHandler {
  const budgets = newBudgets();
  return (request, response, next) => {
    const caller = callerOfResponse(response);
    if (caller === null) return next();
    const kind = kindOf(request);
    const limit = partOf(limits().caller[kind], coordinators());
    const whose = caller.credential === 'key' ? 'by this API key' : 'by this account';
    spend(response, { budgets, kind, name: `caller_${kind}`, limit, holder: holderOf(caller), whose });
    next();
  };
}

const newBudgets = (): Budgets => ({
  reads: new Windows(MINUTE_SECONDS),
  messages: new Windows(MINUTE_SECONDS),
});

const kindOf = ({ method }: Request): Kind => (method === 'POST' || method === 'PUT' ? 'messages' : 'reads');

/** At least one: however many coordinators there are, everybody is answered now and then. */
const partOf = (limit: number, coordinators: number): number => Math.max(1, Math.floor(limit / coordinators));

type Spending = Readonly<{
  budgets: Budgets;
  kind: Kind;
  name: string;
  limit: number;
  holder: string;
  whose: string;
}>;

/** @throws TributaryError `request/rate-limited` */
function spend(response: ServerResponse, { budgets, kind, name, limit, holder, whose }: Spending): void {
  const windows = budgets[kind];
  const counted = windows.add(holder);
  const standing = { name, limit, windowSeconds: MINUTE_SECONDS, holder, ...counted };
  if (counted.used > limit) {
    tellRefusal(response, standing);
    throw new TributaryError(
      'request/rate-limited',
      `more than ${limit} ${kind} a minute came ${whose}: wait as long as Retry-After says`,
    );
  }
  tell(response, standing);
  if (kind === 'reads') return;
  response.once('finish', () => {
    if (broughtNews(response)) windows.takeBack(holder);
  });
}
