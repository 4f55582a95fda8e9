/** A stream that is given up after a while: its connection ends, whatever the garbage collector has taken away by then. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { followNews } from '#protocol/http/job-news.ts';

describe('a stream of events that nobody wants any more', () => {
  for (const end of ['its reader', 'all calls of its client'] as const) {
    it(`ends with ${end}, after collections of garbage`, async () => {
      setFlagsFromString('--expose-gc');
      const collect = runInNewContext('gc') as () => void;
      const answers: ServerResponse[] = [];
      const server = createServer((_request, response) => {
        answers.push(response);
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(': here\n\n');
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const stop = new AbortController();
      const api = coordinatorApi(`http://127.0.0.1:${port}`, stop.signal);
      const news = followNews(api, 1, new AbortController().signal, () => undefined);
      expect(await news.live()).to.equal(true);
      for (let turn = 0; turn < 5; turn += 1) {
        collect();
        answers[0]?.write(': still here\n\n');
        await delay(20);
      }
      expect(answers).to.have.length(1);
      const closed = once(answers[0]!, 'close');
      if (end === 'its reader') news.close();
      else stop.abort();
      await closed;
      server.close();
      await once(server, 'close');
    });
  }
});
