/** What one address may ask, what does not count against it, and who is believed about addresses. docs/operations-observability.md */
import { expect } from 'chai';
import { defaultPolicy, operationsPolicy } from '#coordinator/operations/schema.ts';
import { announce } from '#coordinator/round/announced.ts';
import { cohort } from '#test/support/cohort.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 9 });
const attempt = '/v1/jobs/7/rounds/1/attempts/1';
const proxied = { trustedProxies: ['127.0.0.0/8'] };

type Limited = Readonly<{ readsPerMinute?: number; messagesPerMinute?: number; trustedProxies?: string[] }>;

describe('the limits of an address', () => {
  let service: Service;
  afterEach(() => service.stop());

  async function limited(
    { readsPerMinute, messagesPerMinute, trustedProxies }: Limited,
    coordinators = 1,
  ): Promise<void> {
    const address = { reads: readsPerMinute, messages: messagesPerMinute };
    const policy = operationsPolicy.parse({ version: 1, limits: { address, trustedProxies } });
    const http = { policy: { current: () => policy }, coordinators: () => coordinators };
    service = await serve(members, announce(rulesOf(members)), {}, http);
  }
  const read = (forwardedFor?: string) =>
    fetch(`${service.url}/v1/jobs`, {
      headers: forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor },
    });
  const statusOf = async (forwardedFor?: string) => (await read(forwardedFor)).status;
  const enrol = (member: number) =>
    fetch(`${service.url}${attempt}/enrolments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(members.enrolments[member]),
    });

  it('are in each answer, and what is beyond them is refused with the time to wait', async () => {
    await limited({ readsPerMinute: 2 });
    const [first, second, third] = [await read(), await read(), await read()];
    expect([first.status, second.status, third.status]).to.deep.equal([200, 200, 429]);
    expect(first.headers.get('ratelimit')).to.match(/^"reads"; r=1; t=(60|59)$/);
    expect(first.headers.get('ratelimit-policy')).to.match(/^"reads"; q=2; w=60; pk=:.+:$/);
    expect(third.headers.get('ratelimit')).to.match(/^"reads"; r=0; /);
    expect(Number(third.headers.get('retry-after'))).to.be.within(50, 60);
    expect(third.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8');
    expect(await third.json()).to.include({ code: 'request/rate-limited', status: 429 });
    expect(service.log.lines.at(-1)?.facts).to.include({ code: 'request/rate-limited' });
  });

  it('count also what has no route, and tell a client its code', async () => {
    await limited({ readsPerMinute: 1 });
    await fetch(`${service.url}/v1/nothing`);
    const refused = await service.api.status().catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'request/rate-limited');
  });

  it('leave alone whoever sends what is new: a whole cohort enrols, though three messages are too many', async () => {
    await limited({ messagesPerMinute: 3, readsPerMinute: 1 });
    for (const member of members.enrolments.keys())
      expect((await enrol(member)).status, `member ${member}`).to.equal(200);
    expect(service.driver.view.attempt).to.equal(1);
  });

  it('count messages that are repeated, since whoever saw one can repeat it', async () => {
    await limited({ messagesPerMinute: 3 });
    const statuses = [];
    for (let time = 0; time < 6; time++) statuses.push((await enrol(0)).status);
    // The first is new, and three more are too many only where they are not.
    expect(statuses.slice(0, 3)).to.deep.equal([200, 200, 200]);
    expect(statuses.at(-1)).to.equal(429);
  });

  it('count messages that are refused', async () => {
    await limited({ messagesPerMinute: 2 });
    const post = () => fetch(`${service.url}${attempt}/enrolments`, { method: 'POST', body: '{}' });
    expect([(await post()).status, (await post()).status, (await post()).status]).to.deep.equal([
      415, 415, 429,
    ]);
  });

  it('are those of the address that a trusted proxy names', async () => {
    await limited({ readsPerMinute: 1, ...proxied });
    expect([await statusOf('203.0.113.1'), await statusOf('203.0.113.2')]).to.deep.equal([200, 200]);
    // What a client writes into the header itself stands before what the proxy adds.
    expect(await statusOf('198.51.100.7, 203.0.113.1')).to.equal(429);
  });

  it('are those of the connection where nobody is trusted', async () => {
    await limited({ readsPerMinute: 1 });
    expect([await statusOf('203.0.113.1'), await statusOf('203.0.113.2')]).to.deep.equal([200, 429]);
  });

  it('are those of a /64, and of an IPv4 address however it is written', async () => {
    await limited({ readsPerMinute: 1, ...proxied });
    expect(await statusOf('2001:db8:0:1::1')).to.equal(200);
    expect(await statusOf('2001:db8:0:1:ffff::2')).to.equal(429);
    expect(await statusOf('2001:db8:0:2::1')).to.equal(200);
    expect([await statusOf('203.0.113.9'), await statusOf('::ffff:203.0.113.9')]).to.deep.equal([200, 429]);
  });

  it('are one budget for all coordinators of a database, each of which grants its part', async () => {
    await limited({ readsPerMinute: 5 }, 2);
    expect([await statusOf(), await statusOf(), await statusOf()]).to.deep.equal([200, 200, 429]);
  });

  it('answer everybody now and then, however many coordinators there are', async () => {
    await limited({ readsPerMinute: 2 }, 9);
    expect([await statusOf(), await statusOf()]).to.deep.equal([200, 429]);
  });

  it('are enough for a cohort of a thousand at one address', () => {
    // A round of a minute: each of 13 phases wakes a poll; three more polls, the job, the shares, the evidence.
    const { reads, messages } = defaultPolicy.limits.address;
    expect(reads).to.be.at.least(1_000 * (13 + 3 + 3));
    // All of them sending at once, each the second time.
    expect(messages).to.be.at.least(2 * 1_000);
  });
});
