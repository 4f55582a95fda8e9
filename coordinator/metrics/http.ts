/** Requests by operation and class of status, and the bytes of their connections. */
import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import { operationOf } from '../http/operation-of.ts';
import type { Series, Source } from './series.ts';

const MILLIS = 1_000;

export const timedRequests =
  ({ requests }: Pick<Series, 'requests'>, next: RequestListener): RequestListener =>
  (request, response) => {
    const began = performance.now();
    response.once('close', () => {
      const status = response.writableFinished ? `${Math.floor(response.statusCode / 100)}xx` : 'cut';
      const seconds = (performance.now() - began) / MILLIS;
      requests.observe({ operation: operationOf(response), status }, seconds);
    });
    return next(request, response);
  };

/** @returns what brings the counter up to date: a connection may stay open for long */
export function countTraffic(server: Server, { traffic }: Pick<Series, 'traffic'>): Source {
  const open = new Map<Socket, { in: number; out: number }>();
  const count = (socket: Socket) => {
    const counted = open.get(socket) ?? { in: 0, out: 0 };
    const now = { in: socket.bytesRead, out: socket.bytesWritten };
    traffic.inc({ direction: 'in' }, now.in - counted.in);
    traffic.inc({ direction: 'out' }, now.out - counted.out);
    open.set(socket, now);
  };
  server.on('connection', (socket: Socket) => {
    open.set(socket, { in: 0, out: 0 });
    socket.once('close', () => {
      count(socket);
      open.delete(socket);
    });
  });
  return () => {
    for (const socket of open.keys()) count(socket);
  };
}
