import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { computeAddress, SigningKey } from 'ethers';
import type { CID } from 'multiformats/cid';
import { sendPieces } from '#coordinator/http/answered.ts';
import type { Attempt } from '#coordinator/round/attempt.ts';
import type { BlockStore } from '#datasets/blockstore.ts';
import { exportCar } from '#datasets/car.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { fetchEvidence } from '#model/fetch-evidence.ts';
import { digestHex } from '#model/model-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { encodeToken } from '#protocol/http/token.ts';
import type { EvidenceRequest } from '#protocol/messages.ts';
import { signTyped } from '#protocol/signature.ts';
import { toAddress, toSeconds } from '#protocol/units.ts';
import { cohort, operatorKey } from '#test/support/cohort.ts';
import { buyerKey, digestOfText, domain, honestly } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 4, lostBeforeSharing: [2] });
const { id } = members;
const chunks = [7, 1, 8, 7].map((byte) => new Uint8Array(200_000).fill(byte));

/** Blocks that a root leads to, one of them from two places. @returns the root */
async function putBlocks(store: BlockStore): Promise<CID> {
  const links: CID[] = [];
  for (const chunk of chunks) links.push(await store.put('raw', chunk));
  return writeBlock(store, { kind: 'tributary/test', links });
}

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const part of parts) pieces.push(part);
  return new Uint8Array(Buffer.concat(pieces));
}

async function turns(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await turn();
}

describe('evidence over HTTP', () => {
  let service: Service;
  let root: CID;
  let expected: Uint8Array;
  before(async () => {
    const scratch = scratchStore();
    root = await putBlocks(scratch);
    expected = await whole(exportCar(scratch, root));
    service = await serve(members, proposing(root));
    await putBlocks(service.evidence(id));
  });
  after(() => service.stop());

  /** An attempt whose proposal names this evidence. */
  function proposing(evidence: CID): Attempt {
    const state = honestly(members, 'settling');
    return { ...state, proposal: { ...state.proposal, evidence: digestHex(evidence) } };
  }

  function requestBy(key: SigningKey, changes: Partial<EvidenceRequest> = {}) {
    const requester = toAddress(computeAddress(key.publicKey));
    const deadline = toSeconds(service.clock.now() + 600);
    const message = { ...id, requester, deadline, ...changes };
    return { message, signature: signTyped(key, domain, 'EvidenceRequest', message) };
  }
  const ask = (signed: ReturnType<typeof requestBy>, of = service) =>
    whole(of.api.evidence(id, signed, expected.length, new AbortController().signal));
  const path = () => `${service.url}/v1/jobs/7/rounds/1/attempts/1/evidence`;
  const token = () => ({ authorization: `Tributary ${encodeToken(requestBy(operatorKey(0)))}` });

  it('is one CAR, given to the members of the roster, lost ones too, and to the buyer', async () => {
    for (const key of [operatorKey(0), operatorKey(2), buyerKey]) {
      expect(await ask(requestBy(key))).to.deep.equal(expected);
    }
    const response = await fetch(path(), { headers: token() });
    expect(response.headers.get('content-type')).to.equal('application/vnd.ipld.car; version=1');
    await response.body?.cancel();
  });

  it('can be fetched into a file, each block checked', async () => {
    const file = join(service.folder, 'fetched.car');
    const from = { api: service.api, domain, id, key: operatorKey(0), now: () => service.clock.now() };
    await fetchEvidence(file, root, { bytes: expected.length, blocks: 5 }, from);
    expect(new Uint8Array(readFileSync(file))).to.deep.equal(expected);
    const other = cidOf('dag-cbor', Uint8Array.of(0xa0));
    const wrong = fetchEvidence(`${file}2`, other, { bytes: expected.length, blocks: 5 }, from);
    expect(await codeOf(wrong)).to.equal('evidence/altered');
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
    const status = async (headers: Record<string, string>) => {
      const response = await fetch(path(), { headers });
      await response.body?.cancel();
      return response.status;
    };
    expect(await status({})).to.equal(401);
    expect(await status({ authorization: `Bearer ${encodeToken(requestBy(operatorKey(0)))}` })).to.equal(401);
    expect(await status({ authorization: 'Tributary' })).to.equal(400);
    expect(await status({ authorization: 'Tributary bm9uc2Vuc2U' })).to.equal(400);
    expect(await status({ authorization: 'Tributary e30' })).to.equal(400);
    expect(await status(token())).to.equal(200);
  });

  it('is refused, not broken off, where it was deleted', async () => {
    const gone = await serve(members, proposing(root));
    expect(await codeOf(ask(requestBy(operatorKey(0)), gone))).to.equal('evidence/unknown-block');
    await gone.stop();
  });

  it('breaks off where a block is damaged, which the coordinator logs as its own fault', async () => {
    const broken = await serve(members, proposing(root));
    await putBlocks(broken.evidence(id));
    const [first] = chunks;
    const name = cidOf('raw', first!).toString();
    writeFileSync(join(broken.folder, 'evidence', `${id.job}-${id.round}-${id.attempt}`, name), 'damaged');
    expect(await codeOf(ask(requestBy(operatorKey(0)), broken))).to.equal('coordinator/unreachable');
    const last = broken.log.lines.at(-1);
    expect(last).to.include({ level: 'error', message: 'answer cut short' });
    expect(last?.facts).to.include({ code: 'evidence/damaged' });
    await broken.stop();
  });

  it('is read from disk no faster than it is taken', async () => {
    const scratch = scratchStore();
    const links: CID[] = [];
    for (let at = 0; at < 20; at++) links.push(await scratch.put('raw', new Uint8Array(100_000).fill(at)));
    const many = await writeBlock(scratch, { kind: 'tributary/test', links });
    let read = 0;
    let taken = 0;
    const ahead: number[] = [];
    const blocks = { get: (cid: CID) => (read++, scratch.get(cid)) };
    const answered = { name: many.toString(), pieces: exportCar(blocks, many) };
    const slow = new Writable({
      write(part: Uint8Array, _encoding, done) {
        taken += part.length >= 100_000 ? 1 : 0;
        ahead.push(read - taken);
        void turns(20).then(() => done());
      },
    });
    const request = { method: 'GET', get: () => undefined };
    let patience = 0;
    const setTimeout = (millis: number) => void (patience = millis);
    const response = Object.assign(slow, { set: () => slow, setTimeout });
    await sendPieces(answered, 'application/vnd.ipld.car', request as never, response as never);
    expect(patience, 'for one that takes nothing').to.equal(60_000);
    expect(taken).to.equal(20);
    // Beside those on their way: the root, which is no chunk.
    expect(Math.max(...ahead)).to.be.within(1, 1 + 3);
  });

  it('is not there before there is a proposal', async () => {
    const early = await serve(members, honestly(members, 'unmasking'));
    await putBlocks(early.evidence(id));
    expect(await codeOf(ask(requestBy(operatorKey(0)), early))).to.equal('evidence/unknown-block');
    await early.stop();
  });
});
