import { expect } from 'chai';
import type { InnerEvent } from '#coordinator/round/attempt.ts';
import { announce } from '#coordinator/round/announced.ts';
import { settlementTermsOf } from '#protocol/rules/settlement-terms.ts';
import { toHex } from '#crypto/bytes.ts';
import { signTyped } from '#protocol/signature.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { driverParts, performers, settle } from '../fakes.ts';
import {
  buyerKey,
  digestOfText,
  domain,
  enrolments,
  receiptOf,
  resultOf,
  rulesOf,
  sharings,
  signed,
  unmaskingOf,
} from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 4, lostBeforeMasking: [3] });
const { id } = members;

describe('an attempt over HTTP, by the typed client', () => {
  let service: Service;
  const settled: InnerEvent = { type: 'settled', transaction: digestOfText('transaction') };

  before(async () => {
    const parts = driverParts({
      performers: performers({
        aggregate: async () => ({ type: 'aggregated', result: resultOf(members) }),
        settle: async () => settled,
      }),
    });
    service = await serve(members, announce(rulesOf(members)), { performers: parts.parts.performers });
  });
  after(() => service.stop());

  it('goes from announced to settled', async () => {
    const { api, clock } = service;
    expect(await api.job(7)).to.deep.equal({ job: 7, state: 'active', round: 1, attempt: 1, rounds: 3 });
    const announced = await api.attempt(id);
    const woken = api.attempt(id, announced.revision, 20);
    for (const envelope of members.enrolments) await api.enrol(id, envelope);
    expect((await woken).revision).to.be.above(announced.revision);

    for (const event of sharings(members)) if (event.type === 'shares') await api.share(id, event.upload);
    expect((await api.attempt(id)).phase).to.equal('receiving');
    for (const { message } of members.shares) await api.receive(id, receiptOf(members, message.member, []));
    const masking = await api.attempt(id);
    expect(masking.phase).to.equal('masking');
    const delivered = await api.deliveries(id, 2);
    expect(delivered).to.deep.equal(
      [0, 1, 3].map((dealer) => ({ dealer, ciphertext: toHex(members.dealt.get(dealer)!.ciphertexts[2]!) })),
    );

    for (const envelope of members.inputs)
      await api.upload(id, envelope, members.vectors.get(envelope.message.member)!);
    await clock.advance(masking.deadline - clock.now());
    expect((await api.attempt(id)).phase).to.equal('confirming');
    for (const envelope of members.confirmations) await api.confirm(id, envelope);
    const unmasking = await api.attempt(id);
    if (unmasking.phase !== 'unmasking') throw new Error(unmasking.phase);
    expect(unmasking.inputs).to.deep.equal(members.inputs);
    expect(unmasking.confirmations).to.deep.equal(members.confirmations);

    for (const member of [0, 1, 2]) await api.unmask(id, unmaskingOf(members, member));
    await settle();
    const settling = await api.attempt(id);
    if (settling.phase !== 'settling') throw new Error(settling.phase);
    expect(settling.proposal).to.deep.include(resultOf(members));
    const terms = settlementTermsOf(id, settling.proposal);
    for (const seat of [0, 1]) await api.attest(id, { ...signed(seat, 'Attestation', terms), seat });
    await api.refuse(
      id,
      signed(2, 'Refusal', { ...id, seat: 2, proposal: settling.proposal.manifest, reason: 'no' }),
    );
    await api.approve(id, {
      message: terms,
      signature: signTyped(buyerKey, domain, 'Approval', terms),
    });
    await settle();
    const end = await api.attempt(id);
    expect(end).to.deep.include({ phase: 'settled', transaction: digestOfText('transaction'), earlier: [] });
  });

  it('logs nothing secret: no share, ciphertext, signature or key', () => {
    const logged = JSON.stringify(service.log.lines);
    expect(service.log.lines.length).to.be.above(5);
    const upload = unmaskingOf(members, 1);
    const secrets = [
      upload.shares[0]!.y,
      upload.signature,
      toHex(members.dealt.get(0)!.ciphertexts[1]!),
      toHex(members.seeds.get(0)!.reveal()),
      members.enrolments[0]!.message.channelKey,
    ];
    for (const secret of secrets) expect(logged).not.to.contain(secret.slice(2));
  });
});

describe('reading over HTTP', () => {
  let service: Service;
  before(async () => {
    service = await serve(members, announce(rulesOf(members)));
  });
  after(() => service.stop());

  const get = (path: string) => fetch(`${service.url}${path}`);

  it('tells the state of the service and its jobs', async () => {
    const status = (await (await get('/v1/status')).json()) as object;
    expect(status).to.deep.include({
      version: 1,
      chainId: 31_337,
      escrow: domain.escrow,
      instance: 'the-one',
      database: 'embedded',
      jobs: { active: 1, finished: 0, failed: 0 },
    });
    expect(await (await get('/v1/jobs')).json()).to.deep.equal([
      { job: 7, state: 'active', round: 1, attempt: 1, rounds: 3 },
    ]);
  });

  it('says nothing of what it is built from', async () => {
    const { headers } = await get('/v1/status');
    expect(headers.has('x-powered-by')).to.equal(false);
  });

  it('answers a long poll when its time is over, and drops it when its reader is gone', async () => {
    const { clock, api } = service;
    const { revision } = await api.attempt(id);
    const poll = api.attempt(id, revision, 7);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(7);
    expect((await poll).revision).to.equal(revision);

    const gone = new AbortController();
    const dropped = fetch(`${service.url}/v1/jobs/7/rounds/1/attempts/1?after=${revision}&wait=20`, {
      signal: gone.signal,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.abort();
    expect(await codeOf(dropped)).to.match(/^AbortError/);
    await api.enrol(id, members.enrolments[0]!);
    expect((await api.attempt(id)).phase).to.equal('enrolling');
  });

  it('takes a seat to read for in plain digits alone', async () => {
    const path = '/v1/jobs/7/rounds/1/attempts/1';
    expect((await get(`${path}?seat=2`)).status).to.equal(200);
    for (const seat of ['-1', '0x2', '1.5', '2&seat=3', '99999999999', '']) {
      const refused = await get(`${path}?seat=${seat}`);
      expect(await refused.json(), seat).to.deep.include({ code: 'request/schema' });
    }
  });

  it('gives no shares before U2 is fixed, nor to one outside the roster', async () => {
    const shares = await get('/v1/jobs/7/rounds/1/attempts/1/shares/0');
    expect(shares.status).to.equal(409);
    for (const event of enrolments(members).slice(1)) await service.driver.submit(id, event);
    for (const event of sharings(members)) await service.driver.submit(id, event);
    expect((await get('/v1/jobs/7/rounds/1/attempts/1/shares/0')).status).to.equal(200);
    const outside = await get('/v1/jobs/7/rounds/1/attempts/1/shares/4');
    expect(await outside.json()).to.deep.include({ code: 'message/not-a-member', status: 422 });
  });
});
