/** Answers that no coordinator of this protocol gives: refused with a code, never passed on. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { coordinatorApi } from '#protocol/http/coordinator-api.ts';
import { exchange, stream } from '#protocol/http/request.ts';
import { digestOfText } from '#test/support/cohort.ts';
import { failureOf } from '#test/ipfs/failure.ts';

describe('answers of a coordinator', () => {
  const id = { job: 7, round: 2, attempt: 3 };
  const announced = {
    ...{ phase: 'announced', ...id, revision: 1, deadline: 2_000_000_000, earlier: [] },
    ...{ terms: digestOfText('terms'), model: digestOfText('model') },
  };
  let server: Server;
  let url = '';
  let given: Readonly<{ status: number; body: string }>;
  /** Whether an answer is broken off after its body, or nothing follows, not even its end. */
  let breaksOff = false;
  let stands = false;
  afterEach(() => {
    breaksOff = false;
    stands = false;
  });
  before(async () => {
    server = createServer((_, response) => {
      response.writeHead(given.status);
      if (!stands && !breaksOff) return response.end(given.body);
      return response.write(given.body, () => breaksOff && response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  /** What the caller hears of an answer. */
  async function heard(status: number, body: unknown): Promise<string> {
    given = { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
    const { code, message } = await failureOf(coordinatorApi(url).attempt(id));
    expect(code).to.equal('coordinator/bad-answer');
    return message.replace(url, 'it');
  }

  it('are passed on where they are what the protocol says', async () => {
    given = { status: 200, body: JSON.stringify(announced) };
    expect(await coordinatorApi(`${url}/`).attempt(id)).to.deep.equal(announced);
  });

  it('are refused where they are no JSON, or not of the schema', async () => {
    expect(await heard(200, '<html>')).to.match(/^it answered what the protocol does not allow/);
    expect(await heard(200, { ...announced, revision: -1 })).to.contain('(revision: ');
    expect(await heard(200, { ...announced, more: 1 })).to.contain('more');
  });

  it('are refused where they are of another attempt', async () => {
    for (const change of [{ job: 8 }, { round: 1 }, { attempt: 4 }]) {
      expect(await heard(200, { ...announced, ...change })).to.equal('it/v1 answered for another attempt');
    }
  });

  it('are refused where a failure does not say why', async () => {
    expect(await heard(502, '<html>Bad gateway</html>')).to.equal('it answered 502 without saying why');
    expect(await heard(400, { code: 'job/unknown' })).to.equal('it answered 400 without saying why');
    given = {
      status: 404,
      body: JSON.stringify({ type: 'x', title: 'x', status: 404, code: 'job/unknown', detail: 'not here' }),
    };
    expect(await failureOf(coordinatorApi(url).job(7))).to.include({
      code: 'job/unknown',
      message: 'not here',
    });
  });

  it('are cut off where they are longer than expected', async () => {
    given = { status: 200, body: 'x'.repeat(64) };
    const asked = { method: 'GET', url: `${url}/v1/status`, timeoutMillis: 5_000 } as const;
    expect((await exchange({ ...asked, limitBytes: 64 })).bytes).to.have.length(64);
    expect(await failureOf(exchange({ ...asked, limitBytes: 63 }))).to.include({
      code: 'coordinator/bad-answer',
      message: `${url} sent more than the 63 bytes expected`,
    });
  });

  describe('that come piece by piece', () => {
    const asked = (signal?: AbortSignal) => ({
      ...({
        method: 'GET',
        url: `${url}/v1/status`,
        timeoutMillis: 600_000,
        idleMillis: 600_000,
        limitBytes: 64,
      } as const),
      ...{ signal },
    });
    async function lengthOf(pieces: AsyncIterable<Uint8Array>): Promise<number> {
      let length = 0;
      for await (const piece of pieces) length += piece.length;
      return length;
    }

    it('are passed on whole, however long', async () => {
      given = { status: 200, body: 'x'.repeat(300_000) };
      expect(await lengthOf(stream(asked()))).to.equal(300_000);
    });

    it('are refusals with their code, or say that they do not say why', async () => {
      given = { status: 502, body: '<html>' };
      expect(await failureOf(lengthOf(stream(asked())))).to.include({ code: 'coordinator/bad-answer' });
      given = { status: 502, body: 'x'.repeat(65) };
      expect(await failureOf(lengthOf(stream(asked())))).to.include({ code: 'coordinator/bad-answer' });
      const refusal = { type: 'x', title: 'x', status: 403, code: 'evidence/forbidden', detail: 'no' };
      given = { status: 403, body: JSON.stringify(refusal) };
      expect(await failureOf(lengthOf(stream({ ...asked(), limitBytes: 200 })))).to.include({
        ...{ code: 'evidence/forbidden', message: 'no' },
      });
    });

    it('are given up where they break off, stand still or take too long', async () => {
      given = { status: 200, body: 'x'.repeat(10) };
      breaksOff = true;
      expect(await failureOf(lengthOf(stream(asked())))).to.include({ code: 'coordinator/unreachable' });
      breaksOff = false;
      stands = true;
      for (const soon of [{ idleMillis: 20 }, { timeoutMillis: 20 }]) {
        const late = lengthOf(stream({ ...asked(), ...soon }));
        expect(await failureOf(late)).to.include({ code: 'coordinator/unreachable' });
      }
    });

    it('end at once when they are not wanted any more', async () => {
      given = { status: 200, body: 'x'.repeat(10) };
      stands = true;
      const wanted = new AbortController();
      const pieces = stream(asked(wanted.signal));
      await pieces.next();
      const next = pieces.next().catch((error: unknown) => error);
      wanted.abort();
      expect(await next).to.equal(wanted.signal.reason);
    });
  });
});
