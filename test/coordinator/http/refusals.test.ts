import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { statusOf } from '#protocol/http/statuses.ts';
import { PROBLEM_TYPE, problem } from '#protocol/problem.ts';
import { TributaryError } from '#crypto/error.ts';
import { cohort } from '#test/support/cohort.ts';
import { honestly, signed } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;
const path = '/v1/jobs/7/rounds/1/attempts/1';

describe('refusals over HTTP', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, honestly(members, 'confirming'));
  });
  after(() => service.stop());

  async function problemOf(method: string, to: string, body?: unknown, type = 'application/json') {
    const response = await fetch(`${service.url}${to}`, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': type },
      }),
    });
    expect(response.headers.get('content-type')).to.contain(PROBLEM_TYPE);
    const parsed = problem.parse(await response.json());
    expect(parsed.status).to.equal(response.status);
    return parsed;
  }
  const answer = async (...asked: Parameters<typeof problemOf>) => {
    const { status, code } = await problemOf(...asked);
    return `${status} ${code}`;
  };
  const [confirm] = members.confirmations;
  /** What a body that says to be compressed is answered. */
  async function packed(body: Uint8Array | string, encoding = 'gzip'): Promise<[number, unknown]> {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const sent = typeof body === 'string' ? body : Uint8Array.from(body);
    const response = await fetch(`${service.url}${path}/confirmations`, {
      method: 'POST',
      headers,
      body: sent,
    });
    const { code, accepted } = (await response.json()) as { code?: string; accepted?: true };
    return [response.status, code ?? accepted];
  }

  it('are problems with a code: what does not exist', async () => {
    expect(await answer('GET', '/v1/nothing')).to.equal('404 request/unknown-route');
    expect(await answer('GET', '/')).to.equal('404 request/unknown-route');
    expect(await answer('GET', '/v1/jobs/8')).to.equal('404 job/unknown');
    expect(await answer('GET', '/v1/jobs/8/rounds/1/attempts/1')).to.equal('404 job/unknown');
    expect(await answer('GET', '/v1/jobs/7/rounds/2/attempts/1')).to.equal('404 attempt/unknown');
    expect(await answer('POST', '/v1/jobs/7/rounds/1/attempts/3/confirmations', confirm)).to.equal(
      '404 attempt/unknown',
    );
  });

  it('are problems with a code: what is not the protocol', async () => {
    for (const bad of [
      '/v1/jobs/x',
      '/v1/jobs/0',
      '/v1/jobs/7/rounds/0/attempts/1',
      '/v1/jobs/7/rounds/1/attempts/-1',
      `${path}?after=x`,
      // The document's largest, and one more.
      `${path}?wait=9007199254740992`,
      '/v1/jobs/7/events?wait=9007199254740992',
    ]) {
      expect(await answer('GET', bad)).to.equal('400 request/schema');
    }
    expect(await answer('POST', `${path}/confirmations`, { ...confirm, more: 1 })).to.equal(
      '400 request/schema',
    );
    expect(await answer('POST', `${path}/confirmations`, { message: confirm?.message })).to.equal(
      '400 request/schema',
    );
    expect(await answer('POST', `${path}/confirmations`, confirm, 'text/plain')).to.equal(
      '415 request/unsupported-type',
    );
    expect(await answer('POST', `${path}/confirmations`, '{"message":')).to.equal('400 request/malformed');
    for (const route of [
      'enrolments',
      'shares',
      'aborts',
      'unmaskings',
      'attestations',
      'approvals',
      'refusals',
    ]) {
      expect(await answer('POST', `${path}/${route}`, {})).to.equal('400 request/schema');
    }
    expect(await answer('GET', '/v1/jobs/%E0%A4%A')).to.equal('400 request/malformed');
    const { message } = members.enrolments[0]!;
    for (const change of [{ backend: 'a\0' }, { backend: '🌊' }, { backend: 'a\nb' }, { job: 2 ** 53 }])
      expect(
        await answer('POST', `${path}/enrolments`, {
          ...members.enrolments[0],
          message: { ...message, ...change },
        }),
      ).to.equal('400 request/schema');
  });

  it('are problems with a code: too large a body', async () => {
    const huge = { ...confirm, padding: 'x'.repeat(4 * 1024 * 1024) };
    expect(await answer('POST', `${path}/confirmations`, huge)).to.equal('413 request/too-large');
  });

  it('are problems with a code: a compressed body that is not, or that is too large once it is not', async () => {
    const bomb = gzipSync(new Uint8Array(16 * 1024 * 1024).fill(0x20));
    expect(bomb.length).to.be.below(20_000);
    expect(await packed(bomb)).to.deep.equal([413, 'request/too-large']);
    const json = (value: object) => JSON.stringify(value);
    expect(await packed(gzipSync(json({ ...confirm, more: 1 })))).to.deep.equal([400, 'request/schema']);
    for (const broken of [
      gzipSync('{"message":'),
      gzipSync(json(confirm!)).subarray(0, 30),
      json(confirm!),
    ]) {
      expect(await packed(broken)).to.deep.equal([400, 'request/malformed']);
    }
    expect(await packed(gzipSync('{}'), 'zstd')).to.deep.equal([415, 'request/unsupported-type']);
  });

  it('say what they refuse: a route by its name, a body without repeating it', async () => {
    expect(await problemOf('DELETE', `${path}/x?x=1`)).to.deep.include({
      code: 'request/unknown-route',
      detail: `there is no DELETE ${path}/x here`,
    });
    expect(await problemOf('POST', `${path}/confirmations`, '{"secret":')).to.deep.include({
      code: 'request/malformed',
      detail: 'the body is not JSON',
    });
    expect(await problemOf('GET', '/v1/jobs/%E0%A4%A')).to.deep.include({
      code: 'request/malformed',
      detail: 'the request can not be read',
    });
    const huge = { padding: 'x'.repeat(4 * 1024 * 1024) };
    expect(await problemOf('POST', `${path}/confirmations`, huge)).to.deep.include({
      code: 'request/too-large',
      detail: 'the body is larger than any message of this kind',
    });
  });

  it('are problems with a code: the wrong phase, another attempt, a forged signature, a conflict', async () => {
    const { message, signature } = members.confirmations[1]!;
    expect(
      await answer('POST', `${path}/enrolments`, {
        ...members.enrolments[0],
        message: { ...members.enrolments[0]!.message, backend: 'x' },
      }),
    ).to.equal('401 message/bad-signature');
    expect(await answer('POST', `${path}/attestations`, attestation())).to.equal('409 attempt/wrong-phase');
    expect(
      await answer('POST', `${path}/confirmations`, { message: { ...message, round: 2 }, signature }),
    ).to.equal('422 message/other-attempt');
    expect(
      await answer('POST', `${path}/confirmations`, { message: { ...message, member: 0 }, signature }),
    ).to.equal('401 message/bad-signature');
    await service.api.confirm(id, members.confirmations[1]!);
    await service.api.confirm(id, members.confirmations[1]!);
    const abort = signed(1, 'Abort', { ...id, member: 1, roster: members.roster.root, reason: 'late' });
    expect(await answer('POST', `${path}/aborts`, abort)).to.equal('409 abort/conflict');
  });

  it('say nothing of the inside when something breaks, and log it', async () => {
    service.records.failNext(new Error('secret detail at /some/path'), 'before');
    const { url } = service;
    const response = await fetch(`${url}${path}/confirmations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(members.confirmations[0]),
    });
    const text = await response.text();
    expect(response.status).to.equal(500);
    expect(JSON.parse(text)).to.deep.include({ code: 'coordinator/internal' });
    expect(text).not.to.match(/secret|path|at /);
    expect(service.log.lines.at(-1)).to.deep.include({ level: 'error', message: 'request failed' });
    expect(JSON.stringify(service.log.lines.at(-1))).to.contain('secret detail');
  });

  it('of a full disk are 507, and the same is accepted later', async () => {
    service.records.failNext(new TributaryError('storage/full', 'no room'), 'before');
    expect(await answer('POST', `${path}/confirmations`, members.confirmations[0])).to.equal(
      '507 storage/full',
    );
    await service.api.confirm(id, members.confirmations[0]!);
  });

  const attestation = () => {
    const zero = `0x${'00'.repeat(32)}`;
    const message = { ...id, manifest: zero, payoutRoot: zero, total: '0', participants: zero, deadline: 5 };
    return { ...signed(1, 'Attestation', message), seat: 1 };
  };

  it('have the status that fits their code', () => {
    const statuses = {
      'message/bad-signature': 401,
      'enrolment/wrong-operator': 403,
      'enrolment/duplicate-owner': 409,
      'enrolment/duplicate-operator': 409,
      'enrolment/duplicate-key': 409,
      'input/conflict': 409,
      'input/root-mismatch': 422,
      'vector/length': 422,
      'chain/unreachable': 503,
      'ipfs/unreachable': 503,
      'storage/vector-missing': 500,
      'database/damaged': 500,
      'evidence/damaged': 500,
      'evidence/forbidden': 403,
      'evidence/expired': 410,
      'evidence/unknown-block': 404,
    };
    for (const [code, status] of Object.entries(statuses)) expect(statusOf(code), code).to.equal(status);
  });

  it('are none for a message that comes gzipped, and plain again', async () => {
    const json = JSON.stringify(confirm);
    expect(await packed(gzipSync(json))).to.deep.equal([200, true]);
    expect(await packed(json, 'identity')).to.deep.equal([200, true]);
  });
});
