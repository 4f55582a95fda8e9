/** The coordinator's HTTP service: the operations of protocol/http/operations.ts on their routes. protocol.md §4.1 */
import express, { type Express } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { operations, type Operations } from '#protocol/http/operations.ts';
import { accessHandlers } from './access.ts';
import { descriptionHandlers } from './describe.ts';
import { jobEvents } from './events.ts';
import { evidenceCar } from './evidence.ts';
import { commonHeaders } from './headers.ts';
import { defaultLimits } from './limits/limits.ts';
import { rateLimits } from './limits/rate-limits.ts';
import { refuseSlowBodies } from './limits/slow-bodies.ts';
import { messageHandlers } from './messages.ts';
import type { HttpParts } from './parts.ts';
import { problemHandler } from './problems.ts';
import { readHandlers } from './reads.ts';
import { identifyRequest } from './request-id.ts';
import { routeAll, type Handlers } from './route.ts';
import { traceRequest } from './trace.ts';
import { inputUpload } from './upload.ts';
import { webhookHandlers } from './webhooks.ts';

export function createApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const { limits = defaultLimits } = parts;
  app.set('trust proxy', limits.trustedProxies);
  // A path is what the document says, to the letter.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(
    identifyRequest,
    traceRequest,
    commonHeaders,
    refuseSlowBodies(parts.log, parts.bodyRate),
    rateLimits(limits),
  );
  routeAll(app, operations, handlersOf(parts), parts.access.authorise);
  app.use((request) => {
    throw new TributaryError('request/unknown-route', `there is no ${request.method} ${request.path} here`);
  });
  app.use(problemHandler(parts.log));
  return app;
}

const handlersOf = (parts: HttpParts): Handlers<Operations> => ({
  ...readHandlers(parts),
  ...messageHandlers(parts),
  ...accessHandlers(parts),
  ...webhookHandlers(parts),
  ...descriptionHandlers(),
  events: jobEvents(parts),
  upload: inputUpload(parts),
  evidence: evidenceCar(parts),
});
