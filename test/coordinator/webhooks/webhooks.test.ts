/** Webhooks over HTTP: whose they are, where they may lead, and secrets that are shown once. */
import { expect } from 'chai';
import { SigningKey } from 'ethers';
import { announce } from '#coordinator/round/announced.ts';
import { attenuate } from '#protocol/access/token.ts';
import { cohort, digestOfText } from '#test/support/cohort.ts';
import { signInAs } from '../access/signing-in.ts';
import { codeOf } from '../code-of.ts';
import { buyerKey, rulesOf } from '../fixtures.ts';
import { serve, type Service } from '../http/service.ts';

const members = cohort({ n: 3 });
const url = 'https://receiver.example/hook';

describe('webhooks of an account', () => {
  let service: Service;
  let token: string;
  let stranger: string;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
    token = (await signInAs(service, buyerKey)).accessToken;
    stranger = (await signInAs(service, new SigningKey(digestOfText('stranger')))).accessToken;
  });
  afterEach(async () => {
    for (const of of [token, stranger])
      for (const { id } of await service.api.webhooks(of)) await service.api.deleteWebhook(of, id);
  });
  after(() => service.stop());

  it('are made for a job or for all, and listed, their secrets shown this once', async () => {
    const one = await service.api.createWebhook(token, { url, job: 7 });
    const all = await service.api.createWebhook(token, { url: `${url}?all`, job: null });
    expect(one.secret)
      .to.match(/^whsec_/)
      .and.not.equal(all.secret);
    expect(Buffer.from(one.secret.slice(6), 'base64')).to.have.length(32);
    const listed = await service.api.webhooks(token);
    expect(listed.map(({ id, job }) => [id, job])).to.have.deep.members([
      [one.id, 7],
      [all.id, null],
    ]);
    expect(JSON.stringify(listed)).to.not.contain('secret').and.not.contain('whsec_');
    expect(listed[0]).to.include({ waiting: 0, dead: 0 });
    expect(JSON.stringify(service.log.lines)).to.not.contain('whsec_').and.not.contain('/hook');
  });

  it('are made once for a repeated request, and replaced once', async () => {
    const made = [1, 2].map(() => service.api.createWebhook(token, { url, job: 7 }, 'once'));
    const codes = await Promise.all(made.map(codeOf));
    const [one, two] = [
      await service.api.createWebhook(token, { url, job: 7 }, 'once'),
      await service.api.createWebhook(token, { url, job: 7 }, 'once'),
    ];
    expect(one).to.deep.equal(two);
    expect(
      codes.filter((code) => code !== 'resolved' && code !== 'request/idempotency-running'),
    ).to.deep.equal([]);
    expect(await service.api.webhooks(token)).to.have.length(1);
    const first = await service.api.rotateSecret(token, one.id, 'rotate');
    expect(await service.api.rotateSecret(token, one.id, 'rotate')).to.deep.equal(first);
    expect(first.secret).to.not.equal(one.secret);
    expect(first.formerUntil - service.clock.now()).to.equal(86_400);
    expect((await service.api.rotateSecret(token, one.id)).secret).to.not.equal(first.secret);
  });

  it('are of those whose job it is, and nobody else sees or touches them', async () => {
    expect(await codeOf(service.api.createWebhook(stranger, { url, job: 7 }))).to.equal('webhook/not-yours');
    expect(await codeOf(service.api.createWebhook(stranger, { url, job: 8 }))).to.equal('job/unknown');
    const { id } = await service.api.createWebhook(token, { url, job: 7 });
    expect(await service.api.webhooks(stranger)).to.deep.equal([]);
    for (const act of [
      service.api.deleteWebhook(stranger, id),
      service.api.rotateSecret(stranger, id),
      service.api.deadLetters(stranger, id),
      service.api.redeliver(stranger, id, `msg_${'0'.repeat(32)}`),
    ])
      expect(await codeOf(act)).to.equal('webhook/unknown');
    expect(await service.api.deadLetters(token, id)).to.deep.equal([]);
    expect(await codeOf(service.api.redeliver(token, id, `msg_${'0'.repeat(32)}`))).to.equal(
      'webhook/unknown-letter',
    );
    const narrowed = attenuate(token, { kind: 'job', job: 7 });
    expect(await codeOf(service.api.createWebhook(narrowed, { url, job: 7 }))).to.equal('auth/caveat');
    expect(await codeOf(service.api.webhooks(narrowed))).to.equal('auth/caveat');
  });

  it('lead to public places, unless the operator names a host, and are not too many', async () => {
    const code = (to: string) => codeOf(service.api.createWebhook(token, { url: to, job: null }));
    for (const wrong of [
      'http://receiver.example/',
      'https://169.254.169.254/',
      'https://u:p@receiver.example/',
    ])
      expect(await code(wrong), wrong).to.equal('webhook/url');
    for (const bent of ['ftp://receiver.example/', 'https://a b/', '', `https://${'a'.repeat(2048)}/`])
      expect(await code(bent), bent).to.equal('request/schema');
    await service.api.createWebhook(token, { url: 'http://receiver.internal:8080/', job: null });
    for (let made = 1; made < 18; made += 1) await service.api.createWebhook(token, { url, job: null });
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => code(url)));
    expect(atOnce.toSorted()).to.deep.equal([
      ...['resolved', 'resolved', 'webhook/too-many', 'webhook/too-many', 'webhook/too-many'],
    ]);
    expect(await code(url)).to.equal('webhook/too-many');
    expect(await service.api.createWebhook(stranger, { url, job: null })).to.have.property('id');
  });
});
