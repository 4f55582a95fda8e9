/** The client's side of events: what it takes, what it comes again for, and how it stays patient. */
import { expect } from 'chai';
import { TributaryError } from '#crypto/error.ts';
import type { JobEvent } from '#protocol/job-events.ts';
import { followEvents, type Connect } from '#protocol/http/follow-events.ts';
import { asking, parseRetryAfter, retryAfterOf } from '#protocol/http/retry-after.ts';

const STREAM = 'ab'.repeat(6);
const event = (number: number, changes: object = {}) => ({
  ...{ type: 'changed', id: `${STREAM}-${number}`, job: 7, round: 1, attempt: 1, at: 1, revision: number },
  ...changes,
});
const text = (number: number, changes: object = {}) =>
  `id: ${STREAM}-${number}\ndata: ${JSON.stringify(event(number, changes))}\n\n`;

/** Connections one after another: what each brings, in pieces, and how it ends. The one after the last ends the test. */
async function follow(connections: readonly (readonly (string | Error)[])[], after?: string) {
  const asked: (string | null)[] = [];
  const waits: number[] = [];
  const ups: boolean[] = [];
  const ends = new AbortController();
  const connect: Connect = async function* (last) {
    const pieces = connections[asked.length];
    asked.push(last);
    if (!pieces) {
      ends.abort();
      return;
    }
    for (const piece of pieces) {
      if (piece instanceof Error) throw piece;
      yield new TextEncoder().encode(piece);
    }
  };
  const seen: JobEvent[] = [];
  const options = {
    signal: ends.signal,
    connected: (up: boolean) => void ups.push(up),
    ...(after !== undefined && { after }),
  };
  const waiting = async (millis: number) => void waits.push(millis);
  let failed: unknown = null;
  try {
    for await (const one of followEvents(connect, options, waiting)) seen.push(one);
  } catch (error) {
    failed = error;
  }
  return { asked, waits, ups, revisions: seen.map((one) => Number(one.id.split('-')[1])), failed };
}
const away = new TributaryError('coordinator/unreachable', 'away');

describe('following events', () => {
  it('takes them however the bytes are cut, and comes again after the last whole one', async () => {
    const whole = `retry: 700\n\n${text(1)}:\n\n${text(2)}`;
    const { asked, revisions, ups } = await follow([
      whole.split(''),
      [text(3).slice(0, -1), away],
      [text(3, { reason: 'é🌊' })],
    ]);
    expect(revisions).to.deep.equal([1, 2, 3]);
    expect(asked).to.deep.equal([null, `${STREAM}-2`, `${STREAM}-2`, `${STREAM}-3`]);
    expect(ups).to.deep.equal([true, false, true, false, true, false, false]);
  });

  it('begins where it is told to', async () => {
    expect((await follow([[text(9)]], `${STREAM}-8`)).asked).to.deep.equal([`${STREAM}-8`, `${STREAM}-9`]);
  });

  it('passes over a type that is new, and remembers that it came', async () => {
    const { asked, revisions } = await follow([[text(4, { type: 'exploded' }), text(5)]]);
    expect(revisions).to.deep.equal([5]);
    expect(asked[1]).to.equal(`${STREAM}-5`);
    expect((await follow([[text(4, { type: 'exploded' })]])).asked[1]).to.equal(`${STREAM}-4`);
  });

  it('waits ever longer while nothing comes, as long as it is asked to, and never as one of many', async () => {
    const busy = asking(new TributaryError('events/full', 'full'), new Headers({ 'retry-after': '30' }));
    const { waits } = await follow([[away], [away], [away], [busy], ['retry: 5000\n\n', text(1)], []]);
    const [first = 0, second = 0, third = 0, asked = 0, retried = 0] = waits;
    expect(first).to.be.within(500, 625);
    expect(second).to.be.within(1_000, 1_250);
    expect(third).to.be.within(2_000, 2_500);
    expect(asked).to.be.within(30_000, 37_500);
    expect(retried).to.be.within(5_000, 6_250);
    expect(new Set(waits).size).to.equal(waits.length);
    expect((await follow(Array.from({ length: 12 }, () => [away]))).waits.at(-1)).to.be.within(
      60_000,
      75_000,
    );
    const patient = await follow([['retry: 99999999\n\n', text(1)], []]);
    expect(patient.waits[0]).to.be.within(30_000, 37_500);
  });

  it('ends with a refusal that waiting does not mend, and with a bug', async () => {
    const unknown = new TributaryError('job/unknown', 'no');
    expect((await follow([[text(1)], [unknown]])).failed).to.equal(unknown);
    const bug = new TypeError('bug');
    expect((await follow([[bug]])).failed).to.equal(bug);
  });

  it('believes nothing that is no event: it comes again, and asks for the same', async () => {
    for (const wrong of [
      'data: {}\n\n',
      'data: x\n\n',
      `data: ${JSON.stringify(event(1, { revision: -1 }))}\n\n`,
    ]) {
      const { asked, revisions, failed } = await follow([[wrong], [text(1)]], `${STREAM}-0`);
      expect([revisions, failed]).to.deep.equal([[1], null]);
      expect(asked[1], wrong).to.equal(`${STREAM}-0`);
    }
    const endless = await follow([[`data: ${'x'.repeat(70_000)}`, 'x'.repeat(70_000)], [text(1)]]);
    expect(endless.revisions).to.deep.equal([1]);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it('is seconds or a date, a day at most', () => {
    expect(parseRetryAfter('7', now)).to.equal(7);
    expect(parseRetryAfter(' 0 ', now)).to.equal(0);
    expect(parseRetryAfter('Thu, 01 Jan 2026 00:01:30 GMT', now)).to.equal(90);
    expect(parseRetryAfter('Wed, 31 Dec 2025 00:00:00 GMT', now)).to.equal(0);
    expect(parseRetryAfter('999999999', now)).to.equal(86_400);
    for (const none of [null, '', 'soon', '-', 'NaN', 'Infinity'])
      expect(parseRetryAfter(none, now), String(none)).to.equal(null);
  });

  it('is known of the refusal that it came with, and of no other', () => {
    const headers = new Headers({ 'retry-after': '12' });
    const error = new TributaryError('request/rate-limited', 'x');
    expect(retryAfterOf(asking(error, headers))).to.equal(12);
    expect(retryAfterOf(new TributaryError('request/rate-limited', 'x'))).to.equal(null);
    expect(retryAfterOf(asking(away, new Headers()))).to.equal(null);
    expect(retryAfterOf('x')).to.equal(null);
  });
});
