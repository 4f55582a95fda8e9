/** Node's HTTP server as a coordinator has it, with TLS or without: bounded in time, and with an answer of ours to whatever comes. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Express } from 'express';
import type { KeptCertificate } from '../tls/keep.ts';
import { strictTransport } from '../tls/strict-transport.ts';
import { classesOf } from './born-as.ts';
import { serverTimeouts } from './limits/timeouts.ts';
import type { RefusalLog } from './refusal-log.ts';
import { answerUnreadable } from './unreadable.ts';

/**
 * @param app sees that there is a Host (`requireHost`)
 * @param listener what the application is behind, if anything
 */
export function httpServer(
  app: Express,
  {
    log,
    tls,
    listener = app,
  }: Readonly<{ log: RefusalLog; tls?: KeptCertificate; listener?: RequestListener }>,
): Server {
  const server = serverOf(app, listener, tls);
  // An expectation that is none of HTTP's is not met, which is allowed: RFC 9110 §10.1.1.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  answerUnreadable(server, log);
  return server;
}

function serverOf(app: Express, listener: RequestListener, tls: KeptCertificate | undefined): Server {
  const options = { ...serverTimeouts, ...classesOf(app), requireHostHeader: false };
  if (tls === undefined) return createServer(options, listener);
  const server = createTlsServer({ ...options, ...tls.first }, strictTransport(listener));
  tls.follow(server);
  return server;
}
