/** Requests and responses are their application's from the first, and all of one shape as V8 sees them. */
import { once } from 'node:events';
import { createServer, IncomingMessage, ServerResponse, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { expect } from 'chai';
import express from 'express';
import { httpServer } from '#coordinator/http/server.ts';
import { memoryLog } from '../fakes.ts';

setFlagsFromString('--allow-natives-syntax');
const isOneShape = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
  one: object,
  other: object,
) => boolean;

type Met = { request: IncomingMessage; response: ServerResponse };

describe('requests and responses of an application', () => {
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  /** What two equal requests were before the application saw them, and after it answered. */
  async function answered(app: express.Express, serverOf: (listener: RequestListener) => Server) {
    const met: (Met & { prototypes: unknown[] })[] = [];
    const server = serverOf((request, response) => {
      const prototypes = [request, response].map((one) => Object.getPrototypeOf(one) as unknown);
      met.push({ request, response, prototypes });
      app(request, response);
    });
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/here?it=is`;
    const texts = [];
    // The first few settle what V8 knows of a shape's fields.
    for (let i = 0; i < 6; i++) texts.push(await (await fetch(url)).text());
    const [one, other] = met.slice(-2);
    if (!one || !other) throw new Error('no requests came');
    return { one, other, texts };
  }

  const anApp = () =>
    express().get('/here', (request, response) => void response.json([request.path, request.query]));

  it('have its prototypes before it sees them, and share a shape after', async () => {
    const app = anApp();
    const { one, other, texts } = await answered(app, (listener) =>
      httpServer(app, { log: memoryLog(), listener }),
    );
    expect(one.prototypes).to.deep.equal([app.request, app.response]);
    expect(app.request.app).to.equal(app);
    expect(one.request).to.be.instanceOf(IncomingMessage);
    expect(one.response).to.be.instanceOf(ServerResponse);
    expect(texts.at(-1)).to.equal('["/here",{"it":"is"}]');
    expect(isOneShape(one.request, other.request)).to.equal(true);
    expect(isOneShape(one.response, other.response)).to.equal(true);
  });

  it('would each be of a shape of its own: else this is not needed any more', async () => {
    const { one, other, texts } = await answered(anApp(), (listener) => createServer(listener));
    expect(texts.at(-1)).to.equal('["/here",{"it":"is"}]');
    if (process.version.startsWith('v20.')) expect(isOneShape(one.request, other.request)).to.equal(false);
  });
});
