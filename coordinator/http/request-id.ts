/** A request's id: in its answer, in the problem, in the log. The sender's own where that is a UUID. RFC 9562 */
import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

export const REQUEST_ID = 'x-request-id';
/** Nothing else is repeated: a log line is no place for what anyone cares to send. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const identifyRequest: RequestHandler = (request, response, next) => {
  const given = request.get(REQUEST_ID)?.toLowerCase() ?? '';
  response.set(REQUEST_ID, UUID.test(given) ? given : randomUUID());
  next();
};

export const requestIdOf = (response: Response): string => String(response.getHeader(REQUEST_ID));
