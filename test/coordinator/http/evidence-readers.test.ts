/** Who reads evidence by the job's terms, and what is answered once it is deleted. */
import { join } from 'node:path';
import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { keptEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk } from '#coordinator/store/files.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { digestHex } from '#model/model-store.ts';
import { evidenceByDefault } from '#protocol/evidence-terms.ts';
import type { EvidenceRequest } from '#protocol/messages.ts';
import { signTyped } from '#protocol/signature.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { buyerKey, digestOfText, domain, honestly, rulesOf } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const { id } = members;
const block = { kind: 'tributary/test' };
const mostBytes = 1_000;
const arbiter = new SigningKey(digestOfText('arbiter'));
const addressOf = (key: SigningKey) => toAddress(computeAddress(key.publicKey));

describe('readers of evidence', () => {
  let service: Service;
  const begin = async (readers: SigningKey[]) => {
    const evidence = { ...evidenceByDefault, readers: readers.map(addressOf) };
    const root = await writeBlock(scratchStore(), block);
    const settling = honestly(members, 'settling', rulesOf(members, { evidence }));
    const proposal = { ...settling.proposal, evidence: digestHex(root) };
    service = await serve(members, { ...settling, proposal });
    await writeBlock(service.evidence(id), block);
  };
  afterEach(() => service.stop());

  async function ask(key: SigningKey, changes: Partial<EvidenceRequest> = {}) {
    const deadline = toSeconds(service.clock.now() + 600);
    const message = { ...id, requester: addressOf(key), deadline, ...changes };
    const signature = signTyped(key, domain, 'EvidenceRequest', message);
    const { signal } = new AbortController();
    let bytes = 0;
    for await (const piece of service.api.evidence(id, { message, signature }, mostBytes, signal))
      bytes += piece.length;
    return bytes;
  }

  it('are those whom the terms name, by their own signatures', async () => {
    await begin([arbiter]);
    expect(await ask(arbiter))
      .to.equal(await ask(buyerKey))
      .and.to.be.greaterThan(0);
    const posing = ask(operatorKey(0), { requester: addressOf(arbiter) });
    expect(await codeOf(posing)).to.equal('evidence/forbidden');
  });

  it('are nobody beside members and buyer where the terms name none', async () => {
    await begin([]);
    expect(await codeOf(ask(arbiter))).to.equal('evidence/forbidden');
  });

  it('are told that it was deleted, and others are told nothing of it', async () => {
    await begin([arbiter]);
    await keptEvidence(attemptsIn(join(service.folder, 'evidence'), disk)).remove(id);
    for (const key of [arbiter, operatorKey(0)]) expect(await codeOf(ask(key))).to.equal('evidence/expired');
    const stranger = new SigningKey(digestOfText('stranger'));
    expect(await codeOf(ask(stranger))).to.equal('evidence/forbidden');
  });
});
