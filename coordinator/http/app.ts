/** The coordinator's HTTP service: the operations of protocol/http/operations.ts on their routes. protocol.md §4.1 */
import express, { type Express } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { operations, type Operations } from '#protocol/http/operations.ts';
import { accessHandlers } from './access.ts';
import { descriptionHandlers } from './describe.ts';
import { jobEvents } from './events.ts';
import { evidenceCar } from './evidence.ts';
import { commonHeaders, dated } from './headers.ts';
import { inTurn } from './in-turn.ts';
import { callerQuotas } from './limits/quotas.ts';
import { addressLimits, callerLimits } from './limits/rate-limits.ts';
import { refuseSlowBodies } from './limits/slow-bodies.ts';
import { trustedProxies } from './limits/trusted-proxies.ts';
import { messageHandlers } from './messages.ts';
import type { HttpParts } from './parts.ts';
import { problemHandler } from './problems.ts';
import { readHandlers } from './reads.ts';
import { identifyRequest } from './request-id.ts';
import { routeAll, type Handlers } from './route.ts';
import { traceRequest } from './trace.ts';
import { requireHost } from './unreadable.ts';
import { inputUpload } from './upload.ts';
import { webhookHandlers } from './webhooks.ts';

export function createApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const { policy, coordinators, ledger } = parts;
  const rates = { limits: () => policy.current().limits, coordinators };
  // A path is what the document says, to the letter.
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(
    inTurn(
      identifyRequest,
      traceRequest,
      commonHeaders,
      dated(parts.clock),
      requireHost,
      refuseSlowBodies(parts.log, parts.bodyRate),
      trustedProxies(rates.limits),
      addressLimits(rates),
    ),
  );
  routeAll(app, operations, handlersOf(parts), {
    authorise: parts.access.authorise,
    limitCaller: [callerLimits(rates), callerQuotas({ quotas: () => policy.current().quotas, ledger })],
    mostBytes: () => rates.limits().bodyBytes,
  });
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
