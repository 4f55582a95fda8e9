/** Node's HTTP server as a coordinator has it: bounded in time, and with an answer of ours to whatever comes. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { serverTimeouts } from './limits/timeouts.ts';
import type { RefusalLog } from './refusal-log.ts';
import { answerUnreadable } from './unreadable.ts';

/** @param listener sees that there is a Host (`requireHost`) */
export function httpServer(listener: RequestListener, log: RefusalLog): Server {
  const server = createServer({ ...serverTimeouts, requireHostHeader: false }, listener);
  // An expectation that is none of HTTP's is not met, which is allowed: RFC 9110 §10.1.1.
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
  answerUnreadable(server, log);
  return server;
}
