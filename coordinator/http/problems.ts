/** Refusals as RFC 9457 problems; what is no refusal says nothing of the inside. */
import type { ErrorRequestHandler, Response } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { PROBLEM_TYPE, toProblem } from '#protocol/problem.ts';
import { factsOf, type Log } from '../driver/log.ts';

const byCode: Readonly<Record<string, number>> = {
  'request/schema': 400,
  'request/malformed': 400,
  'message/bad-signature': 401,
  'enrolment/wrong-operator': 403,
  'evidence/forbidden': 403,
  'request/unknown-route': 404,
  'job/unknown': 404,
  'attempt/unknown': 404,
  'evidence/unknown-block': 404,
  'attempt/wrong-phase': 409,
  'enrolment/duplicate-operator': 409,
  'enrolment/duplicate-owner': 409,
  'enrolment/duplicate-key': 409,
  'evidence/expired': 410,
  'request/too-large': 413,
  'coordinator/internal': 500,
  'database/unreachable': 503,
  'storage/full': 507,
};
/** By the first part of a code: the coordinator's own trouble, and that of what it stands on. */
const byArea: Readonly<Record<string, number>> = {
  chain: 503,
  ipfs: 503,
  database: 500,
  storage: 500,
  evidence: 500,
};
/** What a trouble that passes is given, before the same is sent again. */
const RETRY_SECONDS = '2';
/** Understood, and refused for what it says. */
const UNPROCESSABLE = 422;

export function statusOf(code: string): number {
  const [area = '', what] = code.split('/');
  return byCode[code] ?? (what === 'conflict' ? 409 : (byArea[area] ?? UNPROCESSABLE));
}

export function sendProblem(response: Response, error: TributaryError): void {
  const status = statusOf(error.code);
  if (status === 503) response.set('retry-after', RETRY_SECONDS);
  response
    .status(status)
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(toProblem(error, status)));
}

/** The last handler: codes what was thrown, logs it, and answers if anyone still listens. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const coded = codedError(error);
    const status = statusOf(coded.code);
    const facts = { method: request.method, path: request.path, status, code: coded.code };
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
  const type = error instanceof Error && 'type' in error ? error.type : null;
  if (type === 'entity.too.large') {
    return new TributaryError('request/too-large', 'the body is larger than any message of the protocol');
  }
  if (type === 'entity.parse.failed') return new TributaryError('request/malformed', 'the body is not JSON');
  if (error instanceof Error && 'status' in error && Number(error.status) < 500) {
    return new TributaryError('request/malformed', 'the request can not be read');
  }
  return new TributaryError('coordinator/internal', 'the coordinator failed; its log says why', {
    cause: error,
  });
}
