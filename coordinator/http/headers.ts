/** Headers that every answer carries, whoever asked for what: a browser is to do nothing with them. */
import type { RequestHandler } from 'express';
import type { Clock } from '../driver/clock.ts';

/** No page of ours but the description is ever shown, so none may do anything. https://www.w3.org/TR/CSP3/ */
export const policy = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Whatever may be kept says so itself.
  'cache-control': 'no-store',
};

/** Nothing of CORS (https://fetch.spec.whatwg.org/#http-cors-protocol) stands here: pages of other origins read nothing. */
export const commonHeaders: RequestHandler = (_request, response, next) => {
  response.set(policy);
  next();
};

/**
 * When an answer is sent, by the clock that deadlines go by and not by this machine's, which Node would say: a reader whose
 * own clock is wrong holds a deadline against it. RFC 9110 §6.6.1
 */
export const dated =
  (clock: Pick<Clock, 'now'>): RequestHandler =>
  (_request, response, next) => {
    const writeHead = response.writeHead.bind(response) as (...head: readonly unknown[]) => typeof response;
    // As it is sent: a long poll is answered long after it was asked.
    response.writeHead = (...head: readonly unknown[]) => {
      response.setHeader('date', new Date(1_000 * clock.now()).toUTCString());
      return writeHead(...head);
    };
    next();
  };

/** What the page of the description may do: show its own style, known by its digest. */
export const pagePolicy = (styleSha256: string): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleSha256}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
