/** Who reads evidence by the job's terms, and what is answered once it is deleted. */
import { join } from 'node:path';
import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import { keptEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk } from '#coordinator/store/files.ts';
import { cidOf } from '#protocol/dag.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import type { EvidenceRequest } from '#protocol/messages.ts';
import { signTyped } from '#protocol/signature.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { digestOfText, domain, honestly, rulesOf } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;
const block = Uint8Array.of(2, 7, 1, 8);
const arbiter = new SigningKey(digestOfText('arbiter'));
const addressOf = (key: SigningKey) => toAddress(computeAddress(key.publicKey));

describe('readers of evidence', () => {
  let service: Service;
  const begin = async (readers: SigningKey[]) => {
    const evidence = { ...evidenceByDefault, readers: readers.map(addressOf) };
    service = await serve(members, honestly(members, 'settling', rulesOf(members, { evidence })));
    await service.evidence(id).put('raw', block);
  };
  afterEach(() => service.stop());

  function ask(key: SigningKey, changes: Partial<EvidenceRequest> = {}) {
    const deadline = toSeconds(service.clock.now() + 600);
    const message = { ...id, requester: addressOf(key), deadline, ...changes };
    const signature = signTyped(key, domain, 'EvidenceRequest', message);
    return service.api.evidenceBlock(id, cidOf('raw', block), { message, signature });
  }

  it('are those whom the terms name, by their own signatures', async () => {
    await begin([arbiter]);
    expect(new Uint8Array(await ask(arbiter))).to.deep.equal(block);
    const posing = ask(operatorKey(0), { requester: addressOf(arbiter) });
    expect(await codeOf(posing)).to.equal('evidence/forbidden');
  });

  it('are nobody beside members and buyer where the terms name none', async () => {
    await begin([]);
    expect(await codeOf(ask(arbiter))).to.equal('evidence/forbidden');
  });

  it('are told that it was deleted, and others are told nothing of it', async () => {
    await begin([arbiter]);
    await keptEvidence(join(service.folder, 'evidence'), disk).remove(id);
    for (const key of [arbiter, operatorKey(0)]) expect(await codeOf(ask(key))).to.equal('evidence/expired');
    const stranger = new SigningKey(digestOfText('stranger'));
    expect(await codeOf(ask(stranger))).to.equal('evidence/forbidden');
  });
});
