/** The coordinator's HTTP service: routes as protocol/http/coordinator-api.ts calls them. protocol.md §4.1 */
import express, { type Express } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { evidenceCar } from './evidence.ts';
import { messageRoutes } from './messages.ts';
import type { HttpParts } from './parts.ts';
import { problemHandler } from './problems.ts';
import { ATTEMPT_PATH, readRoutes } from './reads.ts';
import { inputUpload } from './upload.ts';

export function createApp(parts: HttpParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use('/v1', readRoutes(parts));
  app.put(`/v1${ATTEMPT_PATH}/inputs/:member`, inputUpload(parts));
  app.get(`/v1${ATTEMPT_PATH}/evidence`, evidenceCar(parts));
  app.use(`/v1${ATTEMPT_PATH}`, messageRoutes(parts));
  app.use((request) => {
    throw new TributaryError('request/unknown-route', `there is no ${request.method} ${request.path} here`);
  });
  app.use(problemHandler(parts.log));
  return app;
}
