import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import type { CID } from 'multiformats/cid';
import { cidOf } from '#protocol/dag.ts';
import { encodeToken } from '#protocol/http/coordinator-api.ts';
import type { EvidenceRequest } from '#protocol/messages.ts';
import { signTyped } from '#protocol/signature.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { buyerKey, digestOfText, domain, honestly } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 4, lostBeforeSharing: [2] });
const { id } = members;
const block = Uint8Array.of(2, 7, 1, 8);

describe('evidence over HTTP', () => {
  let service: Service;
  let cid: CID;
  before(async () => {
    service = await serve(members, honestly(members, 'settling'));
    cid = await service.evidence(id).put('raw', block);
  });
  after(() => service.stop());

  function requestBy(key: SigningKey, changes: Partial<EvidenceRequest> = {}) {
    const requester = toAddress(computeAddress(key.publicKey));
    const deadline = toSeconds(service.clock.now() + 600);
    const message = { ...id, requester, deadline, ...changes };
    return { message, signature: signTyped(key, domain, 'EvidenceRequest', message) };
  }
  const ask = (signed: ReturnType<typeof requestBy>, what = cid) =>
    service.api.evidenceBlock(id, what, signed);

  it('is given to the members of the roster, lost ones too, and to the buyer', async () => {
    for (const key of [operatorKey(0), operatorKey(2), buyerKey]) {
      expect(new Uint8Array(await ask(requestBy(key)))).to.deep.equal(block);
    }
  });

  it('is refused to anyone else, and to whoever only says to be one of them', async () => {
    expect(await codeOf(ask(requestBy(new SigningKey(digestOfText('stranger')))))).to.equal(
      'evidence/forbidden',
    );
    const requester = toAddress(computeAddress(operatorKey(0).publicKey));
    expect(await codeOf(ask(requestBy(new SigningKey(digestOfText('stranger')), { requester })))).to.equal(
      'evidence/forbidden',
    );
    expect(await codeOf(ask(requestBy(operatorKey(1), { requester })))).to.equal('evidence/forbidden');
  });

  it('is refused for another attempt, round or job', async () => {
    for (const other of [{ attempt: 2 }, { round: 2 }, { job: 8 }]) {
      expect(await codeOf(ask(requestBy(operatorKey(0), other)))).to.equal('evidence/forbidden');
    }
  });

  it('is refused past the deadline, and with one more than ten minutes ahead', async () => {
    const at = (seconds: number) =>
      ask(requestBy(operatorKey(0), { deadline: toSeconds(service.clock.now() + seconds) }));
    expect(await codeOf(at(-1))).to.equal('evidence/forbidden');
    expect(await codeOf(at(601))).to.equal('evidence/forbidden');
    expect(await codeOf(at(0))).to.equal('resolved');
    expect(await codeOf(at(600))).to.equal('resolved');
  });

  it('is refused without a request, and with one that can not be read', async () => {
    const path = `${service.url}/v1/jobs/7/rounds/1/attempts/1/evidence/${cid.toString()}`;
    const status = async (headers: Record<string, string>) => (await fetch(path, { headers })).status;
    expect(await status({})).to.equal(403);
    expect(await status({ authorization: `Bearer ${encodeToken(requestBy(operatorKey(0)))}` })).to.equal(403);
    expect(await status({ authorization: 'Tributary bm9uc2Vuc2U' })).to.equal(400);
    expect(await status({ authorization: `Tributary ${encodeToken(requestBy(operatorKey(0)))}` })).to.equal(
      200,
    );
    const response = await fetch(path.replace(cid.toString(), 'nonsense'), {
      headers: { authorization: 'Tributary e30' },
    });
    expect(response.status).to.equal(400);
  });

  it('knows only the blocks of this attempt', async () => {
    expect(await codeOf(ask(requestBy(operatorKey(0)), cidOf('raw', Uint8Array.of(9))))).to.equal(
      'evidence/unknown-block',
    );
  });

  it('is not there before there is a proposal', async () => {
    const early = await serve(members, honestly(members, 'unmasking'));
    await early.evidence(id).put('raw', block);
    const signed = requestBy(operatorKey(0), { deadline: toSeconds(early.clock.now() + 5) });
    expect(await codeOf(early.api.evidenceBlock(id, cid, signed))).to.equal('evidence/unknown-block');
    await early.stop();
  });
});
