/** An IPFS node that gives other bytes for some blocks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type LyingIpfs = Readonly<{ url: string; stop(): Promise<void> }>;

/** @param target the node that it asks for everything else @param instead the bytes that it gives, by CID */
export async function lyingIpfs(
  target: string,
  instead: ReadonlyMap<string, Uint8Array>,
): Promise<LyingIpfs> {
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', target);
    const body = await buffer(request);
    const lie = url.pathname.endsWith('/block/get') && instead.get(url.searchParams.get('arg') ?? '');
    if (lie) {
      response.end(lie);
      return;
    }
    const type = request.headers['content-type'];
    const reply = await fetch(url, {
      method: 'POST',
      headers: type ? { 'content-type': type } : {},
      ...(body.length > 0 && { body }),
    });
    response.statusCode = reply.status;
    response.end(Buffer.from(await reply.arrayBuffer()));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
