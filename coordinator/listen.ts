/** A server that listens, its URL, and its end. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TributaryError } from '#crypto/error.ts';
import { isCode } from './store/files.ts';

/** @param at.port 0 for any free one. @throws TributaryError `coordinator/port-taken` */
export async function listen(
  server: Server,
  { host, port }: Readonly<{ host: string; port: number }>,
): Promise<Server> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
    return server;
  } catch (cause) {
    if (!isCode(cause, 'EADDRINUSE')) throw cause;
    throw new TributaryError('coordinator/port-taken', `port ${port} of ${host} is in use: choose another`, {
      cause,
    });
  }
}

export function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const scheme = server instanceof TlsServer ? 'https' : 'http';
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Takes no connection more. @returns what hangs up on those that are left, and resolves when all are gone */
export function closing(server: Server): () => Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  return () => {
    server.closeAllConnections();
    return closed;
  };
}
