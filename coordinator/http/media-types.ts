/** Whether what is asked for can be given, and what is sent can be taken. RFC 9110 §12.5.1, §15.5.7, §15.5.16 */
import type { Request, Response } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { bareType, type Operation } from '#protocol/http/operations/operation.ts';

const JSON_TYPE = 'application/json';

/** @throws TributaryError `request/not-acceptable` */
export function assertAcceptable({ answer }: Operation, request: Request): void {
  const type = answer.kind === 'json' ? JSON_TYPE : bareType(answer.type);
  if (request.accepts(type) === false)
    throw new TributaryError('request/not-acceptable', `this is answered with ${type}`);
}

/**
 * @param response told what would be taken, where that is not what came
 * @throws TributaryError `request/unsupported-type`
 */
export function assertTaken({ body }: Operation, request: Request, response: Response): void {
  if (body.kind === 'json' && request.is(JSON_TYPE) === false) throw wrongType(response, JSON_TYPE);
  if (body.kind !== 'bytes') return;
  // Bytes without a type are what they are: RFC 9110 §8.3.
  if (request.get('content-type') !== undefined && request.is(body.type) === false)
    throw wrongType(response, body.type);
  if ((request.get('content-encoding') ?? 'identity') !== 'identity') {
    response.set('accept-encoding', 'identity');
    throw new TributaryError('request/unsupported-type', 'the bytes are taken as they are, in no encoding');
  }
}

function wrongType(response: Response, type: string): TributaryError {
  response.set('accept', type);
  return new TributaryError('request/unsupported-type', `the body is not ${type}`);
}
