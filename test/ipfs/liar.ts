/** A server between a client and its node that changes one byte of each answer, as a damaged node would. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

export async function startLiar(nodeUrl: string): Promise<Readonly<{ url: string; stop(): Promise<void> }>> {
  const server = createServer((request, response) => {
    void answer(nodeUrl, request).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function answer(nodeUrl: string, request: IncomingMessage) {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const honest = await fetch(new URL(request.url ?? '', nodeUrl), {
    method: request.method ?? 'POST',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    body: Buffer.concat(parts),
  });
  const type = honest.headers.get('content-type') ?? 'application/octet-stream';
  const body = Buffer.from(await honest.arrayBuffer());
  if (/json/.test(type)) {
    // Another letter in the middle of a CID.
    const lie = body
      .toString()
      .replace(/(bafk[a-z2-7]{20})([a-z2-7])/, (_, head: string, letter: string) =>
        head.concat(letter === 'q' ? 'r' : 'q'),
      );
    return { status: honest.status, type, body: Buffer.from(lie) };
  }
  body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 1;
  return { status: honest.status, type, body };
}
