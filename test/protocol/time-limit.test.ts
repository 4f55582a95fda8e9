import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { exchange, stream } from '#protocol/http/request.ts';
import { inTime, timeLimit } from '#protocol/time-limit.ts';
import { codeOf } from '../client/support/outcome.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a time limit', () => {
  let collecting: NodeJS.Timeout;
  before(() => void (collecting = setInterval(collectGarbage, 20)));
  after(() => clearInterval(collecting));

  /** What a signal aborts with. */
  const reasonOf = async (signal: AbortSignal): Promise<unknown> => {
    if (!signal.aborted) await once(signal, 'abort');
    return signal.reason;
  };

  it('aborts when its time is over, however often the garbage is collected', async () => {
    const stop = new AbortController();
    const never = (signal: AbortSignal) => reasonOf(signal);
    const reason = await inTime(200, [stop.signal, undefined], never);
    expect(reason).to.have.property('name', 'TimeoutError');
  });

  it("aborts with another's reason, before or after it began", async () => {
    const stop = new AbortController();
    const limit = timeLimit(60_000, undefined, stop.signal);
    stop.abort('enough');
    expect(await reasonOf(limit.signal)).to.equal('enough');
    expect(timeLimit(60_000, stop.signal).signal.reason).to.equal('enough');
  });

  it('is of no effect once it has ended, and takes a month for the longest that there is', async () => {
    const stop = new AbortController();
    const limits = [timeLimit(50, stop.signal), timeLimit(32 * 86_400_000)];
    limits[0]?.end();
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop.abort();
    expect(limits.map(({ signal }) => signal.aborted)).to.deep.equal([false, false]);
    limits[1]?.end();
  });

  describe('of a request on a connection that stays silent', () => {
    const sockets: Socket[] = [];
    let server: Server;
    let url: string;
    before(async () => {
      server = createServer((socket) => void sockets.push(socket.resume())).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    });
    after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });

    const request = (signal: AbortSignal) => ({ url, timeoutMillis: 300, limitBytes: 100, signal });

    it('is kept, so that it is sent again', async () => {
      const { signal } = new AbortController();
      const body = new Uint8Array(1_000);
      expect(await codeOf(exchange({ ...request(signal), method: 'PUT', body }))).to.equal(
        'coordinator/unreachable',
      );
    });

    it('is kept where the answer is taken piece by piece', async () => {
      const { signal } = new AbortController();
      const pieces = stream({ ...request(signal), method: 'GET', idleMillis: 60_000 });
      expect(await codeOf(pieces.next())).to.equal('coordinator/unreachable');
    });
  });
});
