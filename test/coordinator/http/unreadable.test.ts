/** What is no request is answered as refusals are, and refused requests leave no more lines than a disk bears. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import express from 'express';
import { commonHeaders } from '#coordinator/http/headers.ts';
import { problemHandler } from '#coordinator/http/problems.ts';
import { refusalLog } from '#coordinator/http/refusal-log.ts';
import { identifyRequest } from '#coordinator/http/request-id.ts';
import { httpServer } from '#coordinator/http/server.ts';
import { requireHost } from '#coordinator/http/unreadable.ts';
import { memoryLog } from '../fakes.ts';

describe('what is no HTTP request', () => {
  const log = memoryLog();
  let server: Server;
  before(async () => {
    const app = express().use(identifyRequest, commonHeaders, requireHost);
    app.get('/soon', async (_request, response) => {
      await delay(50);
      response.json('soon');
    });
    app.get('/half', (_request, response) => void response.write('half of it'));
    app.post('/body', express.text(), (_request, response) => void response.json('taken'));
    app.use(problemHandler(log));
    server = httpServer(app, { log }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  beforeEach(() => void (log.lines.length = 0));

  /** All that is answered to these bytes, once the connection is closed from there. */
  async function answerTo(bytes: string, thereafter = ''): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    let text = '';
    socket.on('data', (piece) => (text += piece.toString()));
    if (thereafter !== '') socket.once('data', () => socket.write(thereafter));
    socket.write(bytes);
    await once(socket, 'close');
    return text;
  }

  function problemIn(answer: string): object {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const [, id] = /x-request-id: ([0-9a-f-]{36})\r?/i.exec(head) ?? [];
    const problem = JSON.parse(body) as Readonly<{ status: number; code: string; instance: string }>;
    const { status, code, instance } = problem;
    expect(head.split('\r\n')[0]).to.match(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).to.include('content-type: application/problem+json');
    expect(head.toLowerCase()).to.include('x-content-type-options: nosniff');
    expect(instance).to.equal(`urn:uuid:${id}`);
    expect(log.lines.at(-1)?.facts).to.include({ requestId: id, code });
    return { status, code };
  }
  const malformed = { status: 400, code: 'request/malformed' };

  it('is told so, with an id, and hung up on', async () => {
    for (const bytes of ['nonsense\r\n\r\n', 'GET /soon HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01'])
      expect(problemIn(await answerTo(bytes)), bytes).to.deep.equal(malformed);
  });

  it('with more headers than 16 KiB is told that', async () => {
    const long = `GET /soon HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(17_000)}\r\n\r\n`;
    const told = { status: 431, code: 'request/headers-too-large' };
    expect(problemIn(await answerTo(long))).to.deep.equal(told);
  });

  it('without a host, or with a body that can not be read, is told so', async () => {
    const hostless = 'GET /soon HTTP/1.1\r\nconnection: close\r\n\r\n';
    expect(problemIn(await answerTo(hostless))).to.deep.equal(malformed);
    const chunks =
      'POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n';
    expect(problemIn(await answerTo(chunks))).to.deep.equal(malformed);
  });

  it('waits for the answer to what came before, and is no part of one that has begun', async () => {
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
    const answers = await answerTo(`${request('/soon')}nonsense\r\n\r\n`);
    expect(answers).to.match(/^HTTP\/1\.1 200 [^]*"soon"HTTP\/1\.1 400 /);
    const half = await answerTo(request('/half'), 'nonsense\r\n\r\n');
    expect(half).to.include('half of it').and.not.include('400');
  });

  it('with an expectation that is none of ours is answered all the same', async () => {
    const expecting = 'GET /soon HTTP/1.1\r\nhost: x\r\nexpect: the-best\r\nconnection: close\r\n\r\n';
    expect(await answerTo(expecting)).to.match(/^HTTP\/1\.1 200 /);
  });
});

describe('the log of refused requests', () => {
  it('has so many lines a minute, and then one that says how many it has not', () => {
    const log = memoryLog();
    let now = 0;
    const sparing = refusalLog(log, () => now, 3);
    for (let at = 0; at < 10; at++) sparing.info({ at }, 'refused');
    sparing.error({}, 'failed');
    expect(log.lines.map(({ message }) => message)).to.deep.equal([
      ...Array<string>(3).fill('refused'),
      'failed',
    ]);
    now = 60_000;
    sparing.info({ at: 10 }, 'refused');
    expect(log.lines.slice(4).map(({ facts }) => facts)).to.deep.equal([
      { left: 7, level: 'info' },
      { at: 10 },
    ]);
    now = 120_000;
    sparing.info({ at: 11 }, 'refused');
    expect(log.lines).to.have.length(7);
  });
});
