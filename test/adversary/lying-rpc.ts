/** An RPC that stands before the chain and says something else: one value for another, wherever it appears. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type LyingRpc = Readonly<{
  url: string;
  /** From now on `truth` is answered as `lie`: hex without 0x, as words of calls have it. */
  swap(truth: string, lie: string): void;
  /** How often it has been asked. */
  asked(): number;
  stop(): Promise<void>;
}>;

export async function openLyingRpc(target: string): Promise<LyingRpc> {
  const swaps: (readonly [string, string])[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    void (async () => {
      asked += 1;
      const answer = await fetch(target, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: await buffer(request),
      });
      const honest = await answer.text();
      response.setHeader('content-type', 'application/json');
      response.end(swaps.reduce((text, [truth, lie]) => text.replaceAll(truth, lie), honest));
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swap(truth, lie) {
      swaps.push([bare(truth), bare(lie)]);
    },
    asked: () => asked,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const bare = (hex: string): string => hex.toLowerCase().replace(/^0x/, '');
