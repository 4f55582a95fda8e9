/** What every answer carries, and what is refused before a handler sees it. RFC 9110; docs/api.md */
import { expect } from 'chai';
import { announce } from '#coordinator/round/announced.ts';
import { toSeconds } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const attempt = '/v1/jobs/7/rounds/1/attempts/1';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the edge of the HTTP service', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  after(() => service.stop());

  const ask = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
  /** Status, code and one header of a refusal. */
  async function refused(path: string, init: RequestInit, header: string) {
    const response = await ask(path, init);
    const { code, instance } = (await response.json()) as { code: string; instance: string };
    expect(instance).to.equal(`urn:uuid:${response.headers.get('x-request-id')}`);
    expect(response.headers.get('cache-control')).to.equal('no-store');
    return [response.status, code, response.headers.get(header)];
  }

  it('gives every answer headers that leave a browser nothing to do', async () => {
    for (const path of ['/v1/status', '/v1/nothing', `${attempt}/evidence`]) {
      const { headers } = await ask(path);
      expect(Object.fromEntries(headers), path).to.include({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it("says when it was sent, by the clock that deadlines go by, a long poll's too", async () => {
    const dateOf = async (path: string) => Date.parse((await ask(path)).headers.get('date') ?? '') / 1_000;
    const asked = Number(service.clock.now());
    expect(await dateOf('/v1/status')).to.equal(asked);
    expect(await dateOf('/v1/nothing')).to.equal(asked);
    const { revision } = await service.api.attempt(members.id);
    const before = service.clock.timers();
    const polled = dateOf(`${attempt}?after=${revision}&wait=20`);
    while (service.clock.timers() === before) await new Promise((resolve) => setTimeout(resolve, 5));
    service.clock.set(toSeconds(asked + 15));
    await service.clock.advance(5);
    expect(await polled).to.equal(asked + 20);
  });

  it('is closed to pages of other origins: no answer names one, and no preflight is granted', async () => {
    const origin = 'https://elsewhere.example';
    const read = await ask('/v1/jobs', { headers: { origin } });
    const preflight = await ask('/v1/jobs', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect([read.status, preflight.status]).to.deep.equal([200, 405]);
    for (const { headers } of [read, preflight])
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).to.deep.equal([]);
  });

  it('takes a UUID as the request id, and makes one in place of anything else', async () => {
    const own = '3F2B7C1E-9A4D-4B60-8F1C-2D5E6A7B8C9D';
    const idFor = async (given: string) =>
      (await ask('/v1/status', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await idFor(own)).to.equal(own.toLowerCase());
    for (const given of ['', 'x', `${own}0`, `${own}, ${own}`, 'a b c', '<script>']) {
      const made = await idFor(given);
      expect(made, given).to.match(UUID).and.not.equal(own.toLowerCase());
    }
    expect(await idFor('')).not.to.equal(await idFor(''));
  });

  it('names the request in the problem and in the log', async () => {
    const id = '0190a3c0-0000-7000-8000-0123456789ab';
    const response = await ask('/v1/jobs/8', { headers: { 'x-request-id': id } });
    expect(await response.json()).to.include({ code: 'job/unknown', instance: `urn:uuid:${id}` });
    expect(service.log.lines.at(-1)?.facts).to.include({ requestId: id, code: 'job/unknown' });
  });

  it('refuses other methods with those that there are', async () => {
    const allow = async (path: string, method: string) => refused(path, { method }, 'allow');
    const of = (methods: string) => [405, 'request/method-not-allowed', methods];
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect(await allow('/v1/jobs', method)).to.deep.equal(of('GET, HEAD'));
    expect(await allow(`${attempt}/enrolments`, 'GET')).to.deep.equal(of('POST'));
    expect(await allow(`${attempt}/inputs/1`, 'POST')).to.deep.equal(of('PUT'));
  });

  it('has both methods of a path that members post to and read', async () => {
    expect(await refused(`${attempt}/shares`, { method: 'GET' }, 'allow')).to.deep.equal([
      ...[405, 'request/method-not-allowed', 'POST'],
    ]);
    expect((await ask(`${attempt}/shares/0`)).status).to.equal(409);
  });

  it('knows paths to the letter', async () => {
    for (const path of ['/v1/jobs/', '/V1/jobs', '/v1/Jobs', '/v1//jobs'])
      expect((await ask(path)).status, path).to.equal(404);
  });

  it('answers HEAD as GET without a body', async () => {
    for (const path of ['/v1/status', '/v1/jobs', attempt, '/v1/docs']) {
      const [head, get] = [await ask(path, { method: 'HEAD' }), await ask(path)];
      expect(head.status).to.equal(200);
      expect(await head.text()).to.equal('');
      for (const name of ['etag', 'content-type', 'content-length', 'cache-control'])
        expect(head.headers.get(name), `${path} ${name}`).to.equal(get.headers.get(name));
      await get.text();
    }
  });

  it('refuses to answer with what is not accepted, and with nothing else', async () => {
    const accepting = async (accept: string) => (await ask('/v1/status', { headers: { accept } })).status;
    for (const accept of ['application/json', 'application/*', '*/*', 'text/html, application/json;q=0.1'])
      expect(await accepting(accept), accept).to.equal(200);
    for (const accept of ['text/html', 'application/cbor', 'application/json;q=0'])
      expect(await accepting(accept), accept).to.equal(406);
    expect(await refused('/v1/docs', { headers: { accept: 'application/json' } }, 'allow')).to.deep.equal([
      ...[406, 'request/not-acceptable', null],
    ]);
    const car = { accept: 'application/vnd.ipld.car' };
    expect((await ask(`${attempt}/evidence`, { headers: car })).status).to.equal(401);
  });

  it('refuses a body of another type or encoding, and says what it takes', async () => {
    const post = (headers: Record<string, string>) => ({ method: 'POST', body: '{}', headers });
    const put = (headers: Record<string, string>) => ({ method: 'PUT', body: 'x', headers });
    const unsupported = [415, 'request/unsupported-type'];
    const posts = `${attempt}/confirmations`;
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/cbor'])
      expect(await refused(posts, post({ 'content-type': type }), 'accept')).to.deep.equal([
        ...unsupported,
        'application/json',
      ]);
    const latin = post({ 'content-type': 'application/json; charset=latin1' });
    expect((await refused(posts, latin, 'accept')).slice(0, 2)).to.deep.equal(unsupported);
    const path = `${attempt}/inputs/1`;
    const bytes = { 'content-type': 'application/octet-stream' };
    expect(await refused(path, put({ 'content-type': 'application/json' }), 'accept')).to.deep.equal([
      ...unsupported,
      'application/octet-stream',
    ]);
    expect(
      await refused(path, put({ ...bytes, 'content-encoding': 'gzip' }), 'accept-encoding'),
    ).to.deep.equal([...[415, 'request/unsupported-type'], 'identity']);
  });

  it('has a limit for each kind of body', async () => {
    const send = async (kind: string, kib: number) => {
      const body = JSON.stringify({ padding: 'x'.repeat(kib * 1024) });
      const headers = { 'content-type': 'application/json' };
      return (await ask(`${attempt}/${kind}`, { method: 'POST', body, headers })).status;
    };
    expect(await send('confirmations', 15)).to.equal(400);
    expect(await send('confirmations', 16)).to.equal(413);
    expect(await send('approvals', 63)).to.equal(400);
    expect(await send('approvals', 64)).to.equal(413);
    expect(await send('shares', 4 * 1024 - 1)).to.equal(400);
    expect(await send('shares', 4 * 1024)).to.equal(413);
  });
});

describe('caching of answers', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  after(() => service.stop());

  const ask = (path: string, held?: string) =>
    fetch(`${service.url}${path}`, held === undefined ? {} : { headers: { 'if-none-match': held } });

  it('is asked again by the ETag, until the attempt changes', async () => {
    const first = await ask(attempt);
    const etag = first.headers.get('etag')!;
    expect(first.headers.get('cache-control')).to.equal('no-cache');
    for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await ask(attempt, held);
      expect([again.status, again.headers.get('etag'), await again.text()], held).to.deep.equal([
        304,
        etag,
        '',
      ]);
    }
    await service.api.enrol(members.id, members.enrolments[0]!);
    const changed = await ask(attempt, etag);
    expect(changed.status).to.equal(200);
    expect(changed.headers.get('etag')).not.to.equal(etag);
  });

  it('is for an hour where the description is meant, and never for a message', async () => {
    for (const path of ['/v1/openapi.json', '/v1/docs'])
      expect((await ask(path)).headers.get('cache-control')).to.equal('public, max-age=3600');
    const posted = await fetch(`${service.url}${attempt}/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-none-match': '*' },
      body: JSON.stringify(members.enrolments[0]),
    });
    expect([posted.status, posted.headers.get('cache-control')]).to.deep.equal([200, 'no-store']);
    expect(posted.headers.get('etag')).to.equal(null);
  });
});
