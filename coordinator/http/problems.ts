/** Refusals as RFC 9457 problems; what is no refusal says nothing of the inside. */
import type { ErrorRequestHandler, Response } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { statusOf } from '#protocol/http/statuses.ts';
import { PROBLEM_TYPE, toProblem } from '#protocol/problem.ts';
import { factsOf } from '../driver/log.ts';
import { secondsToWait } from '../gate/retry-after.ts';
import { currentTrace } from '../tracing/traces.ts';
import type { RefusalLog } from './refusal-log.ts';
import { requestIdOf } from './request-id.ts';

export function sendProblem(response: Response, error: TributaryError): void {
  const status = statusOf(error.code);
  // RFC 9110 §11.6.1: whoever is not believed is told what would be.
  if (status === 401 && !response.hasHeader('www-authenticate'))
    response.set('www-authenticate', 'Tributary');
  // RFC 9110 §15.6.4, RFC 4918 §11.5: a disk is not full for ever. RFC 6585 §4; a limit for requests has said its own.
  if (status === 503 || status === 507 || (status === 429 && !response.hasHeader('retry-after')))
    response.set('retry-after', String(secondsToWait(error)));
  response.removeHeader('etag');
  response
    .status(status)
    .set('cache-control', 'no-store')
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(toProblem(error, status, requestIdOf(response), currentTrace()?.traceId)));
}

/** The last handler: codes what was thrown, logs it, and answers if anyone still listens. */
export function problemHandler(log: RefusalLog): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const coded = codedError(error);
    const status = statusOf(coded.code);
    const { method, path } = request;
    const facts = { requestId: requestIdOf(response), method, path, status, code: coded.code };
    if (response.closed || response.headersSent) {
      // Nobody listens, or an answer was cut short: there is nothing to say, only a connection to end.
      if (error instanceof TributaryError && status >= 500) log.error(facts, 'answer cut short');
      else log.info(facts, 'the client went away');
      next();
      return;
    }
    if (status >= 500) log.error({ ...facts, ...factsOf(coded.cause ?? coded) }, 'request failed');
    else log.info(facts, 'request refused');
    sendProblem(response, coded);
  };
}

function codedError(error: unknown): TributaryError {
  if (error instanceof TributaryError) return error;
  if (error instanceof Error && 'status' in error && Number(error.status) < 500) {
    return unread('type' in error ? String(error.type) : '');
  }
  return new TributaryError('coordinator/internal', 'the coordinator failed; its log says why', {
    cause: error,
  });
}

/** What Express and body-parser throw, by their own names. */
function unread(type: string): TributaryError {
  switch (type) {
    case 'entity.too.large':
      return new TributaryError('request/too-large', 'the body is larger than any message of this kind');
    case 'entity.parse.failed':
      return new TributaryError('request/malformed', 'the body is not JSON');
    case 'encoding.unsupported':
      return new TributaryError('request/unsupported-type', 'the body is neither plain nor gzipped');
    case 'charset.unsupported':
      return new TributaryError('request/unsupported-type', 'the body is not UTF-8');
    default:
      return new TributaryError('request/malformed', 'the request can not be read');
  }
}
