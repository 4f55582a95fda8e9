/** Connections that send too slowly, over real sockets: headers, bodies, and a reader of ours that is slow itself. RFC 9110 §15.5.9 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import express, { type RequestHandler } from 'express';
import { refuseSlowBodies } from '#coordinator/http/limits/slow-bodies.ts';
import { serverTimeouts } from '#coordinator/http/limits/timeouts.ts';
import { problemHandler } from '#coordinator/http/problems.ts';
import { identifyRequest } from '#coordinator/http/request-id.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort } from '#test/support/cohort.ts';
import { memoryLog } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { serve } from './service.ts';

const members = cohort({ n: 3 });
const WINDOW_MILLIS = 100;
/** A thousand bytes a window. */
const rate = { leastBytesPerSecond: 10_000, windowMillis: WINDOW_MILLIS };

const open = async (port: number, head: string): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined).write(head);
  return socket;
};
const headOf = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Sends pieces, some time between them, until the other end is gone. */
async function drip(socket: Socket, bytes: number, pieces: number, millis: number): Promise<void> {
  for (let piece = 0; piece < pieces && !socket.closed; piece++) {
    socket.write(' '.repeat(bytes));
    await delay(millis);
  }
}

describe('a sender that is slow', () => {
  it('is refused where its body stops coming, and its connection ends', async () => {
    const service = await serve(members, announce(rulesOf(members)), {}, { bodyRate: rate });
    const { port } = new URL(service.url);
    const socket = await open(Number(port), headOf('/v1/jobs/7/rounds/1/attempts/1/enrolments', 5_000));
    void drip(socket, 10, 1_000, WINDOW_MILLIS / 10);
    const answer = await text(socket);
    expect(answer).to.match(/^HTTP\/1\.1 408 /);
    expect(answer.toLowerCase()).to.contain('connection: close');
    expect(answer).to.contain('"code":"request/too-slow"');
    expect(
      service.log.lines.some(({ facts }) => 'code' in facts && facts.code === 'request/too-slow'),
    ).to.equal(true);
    await service.stop();
  });

  it('is cut off where it goes on after it was refused for something else', async () => {
    const service = await serve(members, announce(rulesOf(members)), {}, { bodyRate: rate });
    const { port } = new URL(service.url);
    const head = headOf('/v1/jobs/7/rounds/1/attempts/1/enrolments', 5_000).replace(
      'application/json',
      'text/plain',
    );
    const socket = await open(Number(port), head);
    void drip(socket, 10, 1_000, WINDOW_MILLIS / 10);
    expect(await text(socket)).to.match(/^HTTP\/1\.1 415 /);
    await service.stop();
  });

  describe('where a handler takes its time', () => {
    let server: Server;
    const log = memoryLog();

    async function start(handler: RequestHandler, least = rate): Promise<number> {
      const app = express().use(identifyRequest, refuseSlowBodies(log, least));
      app.post('/', handler);
      app.use(problemHandler(log));
      server = createServer(app).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    }
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    const readAll: RequestHandler = async (request, response) => {
      response.end(`${(await text(request)).length} bytes`);
    };

    it('is no reason to refuse who sent all that could be taken', async () => {
      const port = await start(async (request, response, next) => {
        await delay(5 * WINDOW_MILLIS);
        await readAll(request, response, next);
      });
      const body = ' '.repeat(4_000_000);
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body });
      expect([answer.status, await answer.text()]).to.deep.equal([200, '4000000 bytes']);
    });

    it('is no reason to refuse who sends nothing, and waits', async () => {
      const port = await start(async (_request, response) => {
        await delay(5 * WINDOW_MILLIS);
        response.end('polled');
      });
      const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' });
      expect([answer.status, await answer.text()]).to.deep.equal([200, 'polled']);
    });

    it('is fast enough at the least rate', async () => {
      // Long windows, and ten times what each must bring: a machine that is busy elsewhere changes nothing.
      const port = await start(readAll, { leastBytesPerSecond: 1_000, windowMillis: 400 });
      const socket = await open(port, headOf('/', 12_000).replace('host: x', 'host: x\r\nconnection: close'));
      void drip(socket, 100, 120, 10);
      expect(await text(socket)).to.match(/^HTTP\/1\.1 200 [^]*12000 bytes/);
    });
  });

  it('of headers is cut off', async () => {
    const server = createServer(
      { ...serverTimeouts, headersTimeout: 200, connectionsCheckingInterval: 50 },
      (_request, response) => response.end('reached'),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = await open(
      (server.address() as AddressInfo).port,
      'GET / HTTP/1.1\r\nhost: x\r\nx-slow: ',
    );
    expect(await text(socket)).to.match(/^HTTP\/1\.1 408 /);
    server.close();
  });

  it('has times that agree: headers are awaited for less than a whole request, and looked at in time', () => {
    const { headersTimeout, requestTimeout, connectionsCheckingInterval } = serverTimeouts;
    expect(headersTimeout).to.be.below(requestTimeout);
    expect(connectionsCheckingInterval).to.be.below(headersTimeout);
  });
});
