/** Passes requests on to a real service and keeps the headers that they came with. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Seen = Readonly<{ path: string; headers: IncomingHttpHeaders; body: string }>;
export type HeaderProxy = Readonly<{ url: string; seen: readonly Seen[]; stop(): Promise<void> }>;

export async function startHeaderProxy(target: string): Promise<HeaderProxy> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await buffer(request);
      const path = request.url ?? '';
      seen.push({ path, headers: request.headers, body: body.toString('latin1') });
      const type = request.headers['content-type'];
      const answer = await fetch(new URL(path, target), {
        method: request.method ?? 'GET',
        body,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? 'text/plain',
      });
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
