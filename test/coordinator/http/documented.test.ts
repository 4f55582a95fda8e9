/** The judge of our own answers judges: each way to differ from the document is planted, and named. */
import { expect } from 'chai';
import { cohort } from '#test/support/cohort.ts';
import { exchangeFlaw, type Exchanged } from '#test/support/documented/exchange.ts';
import { documentedServer } from '#test/support/documented/server.ts';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const members = cohort({ n: 3 });
const id = '3f2b7c1e-9a4d-4b60-8f1c-2d5e6a7b8c9d';
const common = { 'x-request-id': id, 'cache-control': 'no-cache' };
const job = { job: 7, state: 'active', round: 1, attempt: 1, rounds: 3 };
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

const read: Exchanged = {
  method: 'GET',
  url: '/v1/jobs/7?x=1',
  asked: undefined,
  status: 200,
  headers: { ...common, etag: '"x"', 'content-type': 'application/json; charset=utf-8' },
  body: bytes(job),
};
const problem = (status: number, code: string, more: object = {}) => ({
  status,
  headers: { ...common, 'content-type': 'application/problem+json; charset=utf-8' },
  body: bytes({ type: 'about:blank', title: code, status, code, ...more }),
});
const posted: Exchanged = {
  ...read,
  method: 'POST',
  url: '/v1/jobs/7/rounds/1/attempts/1/confirmations',
  asked: members.confirmations[0],
  body: bytes({ accepted: true }),
};

describe('an answer that the document does not have', () => {
  it('is told from one that it has', () => {
    const attempt = '/v1/jobs/7/rounds/1/attempts/1';
    for (const fine of [
      read,
      posted,
      { ...read, status: 304, headers: { ...common, etag: '"x"' }, body: new Uint8Array() },
      { ...read, method: 'HEAD', body: new Uint8Array() },
      { ...read, ...problem(404, 'job/unknown') },
      { ...read, url: '/v1/nothing', ...problem(404, 'request/unknown-route') },
      { ...posted, asked: {}, ...problem(400, 'request/schema', { detail: 'body.message: required' }) },
      {
        ...read,
        url: `${attempt}/evidence`,
        headers: { ...common, etag: '"b"', 'content-type': 'application/vnd.ipld.car' },
      },
    ])
      expect(exchangeFlaw(fine)).to.equal(null);
  });

  const named: Readonly<Record<string, readonly [change: Partial<Exchanged>, flaw: RegExp]>> = {
    'a status': [{ status: 202 }, /an undocumented status/],
    'a path': [{ url: '/v1/elsewhere' }, /an undocumented path/],
    'a path with a slash more': [{ url: '/v1/jobs/7/' }, /an undocumented path/],
    'a method': [{ method: 'DELETE' }, /an undocumented method/],
    'a content type': [
      { headers: { ...read.headers, 'content-type': 'text/html' } },
      /undocumented content type/,
    ],
    'no content type': [{ headers: { ...common, etag: '"x"' } }, /undocumented content type/],
    'a header too few': [{ headers: { ...read.headers, etag: undefined as never } }, /no ETag/],
    'a header of another form': [{ headers: { ...read.headers, 'x-request-id': '7' } }, /X-Request-Id/],
    'a field more': [{ body: bytes({ ...job, more: 1 }) }, /additional properties/],
    'a field less': [{ body: bytes({ ...job, rounds: undefined }) }, /rounds/],
    'a value that is not listed': [{ body: bytes({ ...job, state: 'idle' }) }, /allowed values/],
    'a code of another operation': [problem(404, 'attempt/unknown'), /x-extensible-enum/],
    'another status in its problem': [problem(404, 'job/unknown', { status: 400 }), /const|constant/],
    'a body with 304': [{ status: 304, headers: read.headers }, /a body where none/],
    'a body for HEAD': [{ method: 'HEAD' }, /a body for HEAD/],
    'Allow of its own': [
      { method: 'DELETE', ...problem(405, 'request/method-not-allowed') },
      /Allow is undefined/,
    ],
  };
  for (const [what, [change, flaw]] of Object.entries(named))
    it(`is found by ${what}`, () => expect(exchangeFlaw({ ...read, ...change })).to.match(flaw));

  it('is found where more or less is taken than the document says', () => {
    expect(exchangeFlaw({ ...posted, asked: { ...members.confirmations[0], more: 1 } })).to.match(
      /accepted though/,
    );
    const refused = problem(400, 'request/schema', { detail: 'body.message: no' });
    expect(exchangeFlaw({ ...posted, ...refused })).to.match(/refused though/);
  });

  it('is noted by the server that our tests run', async () => {
    const { server, flaws } = documentedServer((request, response) => {
      response.writeHead(request.url === '/v1/status' ? 418 : 404).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const path of ['/v1/status', '/nowhere']) await (await fetch(`${url}${path}`)).text();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    expect(flaws).to.deep.equal([
      'GET /v1/status answered 418: an undocumented status',
      'GET /nowhere answered 404: no problem',
    ]);
  });
});
