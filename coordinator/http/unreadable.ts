/**
 * What is no HTTP request, or takes too long to become one, is answered as any refusal is: a problem, with an id. What Node answers by
 * itself has neither. https://nodejs.org/docs/latest-v20.x/api/http.html#event-clienterror
 */
import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import { TributaryError } from '#crypto/error.ts';
import { statusOf } from '#protocol/http/statuses.ts';
import { PROBLEM_TYPE, toProblem } from '#protocol/problem.ts';
import { policy } from './headers.ts';
import type { RefusalLog } from './refusal-log.ts';
import { REQUEST_ID } from './request-id.ts';

export function answerUnreadable(server: Server, log: RefusalLog): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on('request', ({ socket }, response) => void answers.set(socket, response));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // A server of `node:http` has no other; its types leave that open.
    if (!(socket instanceof Socket)) return void socket.destroy();
    const begun = answers.get(socket);
    const underWay = begun && !begun.writableFinished ? begun : null;
    // Nobody is there, or reads an answer: another would be taken for a part of it.
    if (!socket.writable || error.code === 'ECONNRESET' || underWay?.headersSent)
      return void socket.destroy();
    // What came after a whole request waits for its answer.
    if (underWay?.req.complete) underWay.once('finish', () => answer(error, socket, null, log));
    else answer(error, socket, underWay, log);
  });
}

/** RFC 9112 §3.2: Node would answer by itself. */
export const requireHost: RequestHandler = ({ httpVersion, headers }, _response, next) => {
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new TributaryError('request/malformed', 'a request has a Host');
  next();
};

/** @param of whose body it is that can not be read */
function answer(
  error: NodeJS.ErrnoException,
  socket: Socket,
  of: ServerResponse | null,
  log: RefusalLog,
): void {
  const coded = codedError(error.code);
  const requestId = String(of?.getHeader(REQUEST_ID) ?? randomUUID());
  const status = statusOf(coded.code);
  log.info({ requestId, status, code: coded.code }, 'request refused');
  socket.end(answerOf(coded, status, requestId));
}

/** By the codes of Node's server and of its parser. */
function codedError(code: string | undefined): TributaryError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new TributaryError('request/headers-too-large', 'the headers are larger than 16 KiB');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new TributaryError('request/too-large', 'the extensions of a chunk are larger than 16 KiB');
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new TributaryError('request/too-slow', 'the request came too slowly, or stopped coming');
    default:
      return new TributaryError('request/malformed', 'this is no HTTP request');
  }
}

function answerOf(error: TributaryError, status: number, requestId: string): string {
  const body = JSON.stringify(toProblem(error, status, requestId));
  const headers = {
    ...policy,
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    [REQUEST_ID]: requestId,
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}
