/** A door to a service that counts, at the socket, what goes in by it: headers, bodies and all. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type CountingProxy = Readonly<{
  url: string;
  /** Bytes that came in so far. */
  bytesUp(): number;
  stop(): Promise<void>;
}>;

/** @param service its URL, at a port of this machine */
export async function countingProxy(service: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(service);
  const sockets = new Set<Socket>();
  let bytes = 0;
  const server = createServer((inside) => {
    const outside = connect(Number(port), hostname);
    inside.on('data', (piece) => (bytes += piece.length));
    inside.pipe(outside).pipe(inside);
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // What breaks on one side ends on the other, where it is noticed.
      socket.on('error', () => [inside, outside].forEach((one) => one.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bytesUp: () => bytes,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
