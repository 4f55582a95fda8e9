/** Follows the trace that a request is of, or begins one. https://www.w3.org/TR/trace-context/ §3.2 */
import type { RequestHandler } from 'express';
import { newTrace, parseTraceparent, TRACEPARENT } from '#protocol/http/traceparent.ts';
import { follow } from '../tracing/traces.ts';

export const traceRequest: RequestHandler = (request, _response, next) =>
  follow(parseTraceparent(request.get(TRACEPARENT)) ?? newTrace(), () => next());
