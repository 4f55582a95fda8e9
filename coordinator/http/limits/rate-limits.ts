/**
 * Limits for each address, with what is left of them in every answer: `RateLimit` and `RateLimit-Policy` by
 * draft-ietf-httpapi-ratelimit-headers-08, `Retry-After` by RFC 9110 §10.2.3, status 429 by RFC 6585 §4.
 */
import type { Request, RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { TributaryError } from '#crypto/error.ts';
import { addressOf } from './address.ts';
import type { Limits } from './limits.ts';
import { broughtNews } from './news.ts';

const MINUTE_MILLIS = 60_000;

/** Their counts are this process's: each coordinator of several grants as much. */
export function rateLimits({ readsPerMinute, messagesPerMinute }: Limits): RequestHandler[] {
  return [
    limiter({ identifier: 'reads', limit: readsPerMinute, skip: isMessage, skipSuccessfulRequests: false }),
    limiter({
      identifier: 'messages',
      limit: messagesPerMinute,
      skip: (request) => !isMessage(request),
      skipSuccessfulRequests: true,
    }),
  ];
}

const isMessage = ({ method }: Request): boolean => method === 'POST' || method === 'PUT';

const limiter = (
  of: Readonly<{
    identifier: string;
    limit: number;
    skip: (request: Request) => boolean;
    skipSuccessfulRequests: boolean;
  }>,
): RequestHandler =>
  rateLimit({
    ...of,
    windowMs: MINUTE_MILLIS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    requestWasSuccessful: (_request, response) => broughtNews(response),
    keyGenerator: addressOf,
    // It would warn, on the console, of a header that anyone may send and that nobody believes.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler(_request, _response, next) {
      next(
        new TributaryError(
          'request/rate-limited',
          `more than ${of.limit} ${of.identifier} a minute came from this address: wait as long as Retry-After says`,
        ),
      );
    },
  });
