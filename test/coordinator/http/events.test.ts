/** A job's events over HTTP: from where a reader left off, in order, without holding anything for one that is slow. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import { sendEvents } from '#coordinator/http/answered.ts';
import { operationsPolicy } from '#coordinator/operations/schema.ts';
import type { EventRows } from '#coordinator/store/job-events.ts';
import type { JobEvent } from '#protocol/job-events.ts';
import { cohort } from '#test/support/cohort.ts';
import { settle } from '../fakes.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;
const STREAM = 'ab'.repeat(6);
const TYPE = 'text/event-stream; charset=utf-8';

/** A stream that a test reads as far as it likes. */
async function open(service: Service, headers: Record<string, string> = {}, query = '') {
  const closing = new AbortController();
  const response = await fetch(`${service.url}/v1/jobs/${id.job}/events${query}`, {
    headers,
    signal: closing.signal,
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: (text: string) => boolean): Promise<string> => {
    while (!wanted(text)) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += value;
    }
    return text;
  };
  return { response, until, close: () => closing.abort() };
}

const eventsIn = (text: string): JobEvent[] =>
  [...text.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '') as JobEvent);
const revisionsIn = (text: string) =>
  eventsIn(text).map((event) => (event.type === 'changed' ? event.revision : event.type));
const has = (count: number) => (text: string) => eventsIn(text).length >= count;

describe("a job's events over HTTP", () => {
  let service: Service;
  let noted = 0;
  beforeEach(async () => {
    noted = 0;
    service = await serve(members, announce(rulesOf(members)));
  });
  afterEach(() => service.stop());

  /** Tells followers of the next revision. */
  const note = async () => {
    noted += 1;
    const event = { type: 'changed' as const, ...id, revision: noted };
    await service.driver.note({ name: `note ${noted}`, event });
  };

  it('begin with what comes after now, as a stream that no cache and no proxy keeps', async () => {
    await note();
    const stream = await open(service);
    expect(stream.response.headers.get('content-type')).to.equal(TYPE);
    expect(stream.response.headers.get('cache-control')).to.equal('no-store');
    expect(stream.response.headers.get('x-accel-buffering')).to.equal('no');
    await stream.until(has(1));
    await note();
    const text = await stream.until(has(2));
    expect(text.startsWith('retry: 2000\n\n')).to.equal(true);
    expect(revisionsIn(text)).to.deep.equal(['read-again', 2]);
    expect(eventsIn(text)[0]).to.deep.include({ reason: 'begins', round: 1, attempt: 1 });
    expect(text).to.contain(`id: ${eventsIn(text)[1]?.id}\ndata: `);
    stream.close();
  });

  it('go on after any event that a reader names, with each that it missed', async () => {
    for (let one = 0; one < 5; one += 1) await note();
    const first = eventsIn(await (await open(service, {}, '?wait=0')).until(() => false))[0]!;
    const last = Number(first.id.split('-')[1]);
    for (let missed = 0; missed <= 5; missed += 1) {
      const headers = { 'last-event-id': `${STREAM}-${last - missed}` };
      const text = await (await open(service, headers, '?wait=0')).until(() => false);
      expect(revisionsIn(text)).to.deep.equal([1, 2, 3, 4, 5].slice(5 - missed));
    }
  });

  it('say to read the state again after an id that was never given, or that is too old', async () => {
    await note();
    for (const never of [`${STREAM}-99`, `${'cd'.repeat(6)}-1`, 'x', '1', `${STREAM}--1`]) {
      const text = await (await open(service, { 'last-event-id': never }, '?wait=0')).until(() => false);
      expect(eventsIn(text), never).to.have.length(1);
      expect(eventsIn(text)[0], never).to.deep.include({ type: 'read-again', reason: 'unknown' });
    }
    await service.stop();
    // Numbers one to three are gone.
    const kept: EventRows = {
      last: async () => ({ stream: STREAM, number: 4 }),
      after: async (_job, after) => {
        const id4 = `${STREAM}-4`;
        const event = { type: 'changed' as const, ...id, id: id4, at: 1, revision: 4 };
        return after < 4 ? [{ number: 4, event: event as never }] : [];
      },
    };
    service = await serve(members, announce(rulesOf(members)), {}, { events: kept });
    const resumed = async (number: number) =>
      eventsIn(
        await (await open(service, { 'last-event-id': `${STREAM}-${number}` }, '?wait=0')).until(() => false),
      );
    expect(await resumed(2)).to.have.length(1);
    expect((await resumed(2))[0]).to.deep.include({
      type: 'read-again',
      reason: 'pruned',
      id: `${STREAM}-4`,
    });
    expect((await resumed(3))[0]).to.deep.include({ type: 'changed', revision: 4 });
  });

  it('say that they live, and end when they have lasted long enough or the coordinator stops', async () => {
    const timed = await open(service, {}, '?wait=40');
    await timed.until(has(1));
    for (let seconds = 0; seconds < 40; seconds += 5) {
      await settle();
      await service.clock.advance(5);
    }
    const text = await timed.until(() => false);
    expect(text.match(/^:$/gm)?.length).to.equal(3);

    const stream = await open(service);
    await stream.until(has(1));
    const ended = stream.until(() => false);
    await service.driver.stop();
    await ended;
  });

  it('are so many of an address and in all, and free their place when they end', async () => {
    await service.stop();
    const admitting = (address: number, all: number) => {
      const made = operationsPolicy.parse({ version: 1, limits: { streams: { address, all } } });
      return { policy: { current: () => made } };
    };
    service = await serve(members, announce(rulesOf(members)), {}, admitting(2, 3));
    const streams = [await open(service), await open(service)];
    const refused = await fetch(`${service.url}/v1/jobs/${id.job}/events`);
    expect(refused.status).to.equal(429);
    expect(refused.headers.get('retry-after')).to.equal('30');
    expect(await refused.json()).to.include({ code: 'events/too-many-streams' });
    streams[0]?.close();
    while ((await fetch(`${service.url}/v1/jobs/${id.job}/events?wait=0`)).status === 429) await settle();
    streams[1]?.close();
    await service.stop();
    service = await serve(members, announce(rulesOf(members)), {}, admitting(2, 1));
    const only = await open(service);
    const full = await fetch(`${service.url}/v1/jobs/${id.job}/events`);
    expect([full.status, full.headers.get('retry-after')]).to.deep.equal([503, '30']);
    expect(await full.json()).to.include({ code: 'events/full' });
    only.close();
  });

  it('are none of a job that is not here, and only headers for HEAD', async () => {
    expect((await fetch(`${service.url}/v1/jobs/8/events`)).status).to.equal(404);
    const head = await fetch(`${service.url}/v1/jobs/${id.job}/events`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).to.deep.equal([200, TYPE]);
    const other = await fetch(`${service.url}/v1/jobs/${id.job}/events`, {
      headers: { accept: 'application/json' },
    });
    expect(other.status).to.equal(406);
  });
});

describe('a reader of events that takes nothing', () => {
  it('is cut off, and nothing is read ahead for it', async () => {
    let pages = 0;
    const event = { type: 'aborted', ...id, id: `${STREAM}-1`, at: 1, reason: 'x'.repeat(500) };
    async function* endless() {
      for (;;) {
        pages += 1;
        yield Array.from({ length: 100 }, () => event as JobEvent);
      }
    }
    let cut: (ended: Promise<void>) => void = () => undefined;
    const ended = new Promise<void>((resolve) => (cut = resolve));
    const server = createServer((request, response) => {
      (response as never as { set: unknown }).set = (headers: Record<string, string>) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      };
      cut(sendEvents(endless(), 'text/event-stream', request as never, response as never, 300));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'readable');
    socket.pause();
    await ended;
    const pieceBytes = 100 * 700;
    // What two sockets of a loopback hold, and no more.
    expect(pages * pieceBytes).to.be.below(32 * 1024 * 1024);
    socket.destroy();
    server.close();
    await once(server, 'close');
  });
});
