/** A receiver of webhooks that is gone for good (410, RFC 9110 §15.5.11): each message to it is given up at once. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type GoneReceiver = Readonly<{ host: string; url: string; stop(): Promise<void> }>;

export async function goneReceiver(): Promise<GoneReceiver> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(410).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    url: `http://${host}/hook`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
