/** Inputs and evidence in a folder and in a bucket: what is acknowledged is whole, what is refused leaves nothing. */
import { expect } from 'chai';
import type { Blobs } from '#coordinator/blobs/blobs.ts';
import { keptEvidence, openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { wordBits } from '#crypto/parameters.ts';
import { cidOf } from '#protocol/dag.ts';
import { cohort } from '#test/support/cohort.ts';
import { codeOf } from '../code-of.ts';
import { digestOfText } from '../fixtures.ts';
import { atEachPlace, type TestPlace } from './places.ts';

const members = cohort({ n: 3 });
const { id, parameters } = members;
const w = wordBits(parameters.bits, 3);
const name = members.inputs[1]!.message;
const packed = members.vectors.get(1)!;
const other = { ...id, round: 2 };

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

atEachPlace('masked inputs and evidence', (create) => {
  let place: TestPlace;
  let blobs: Blobs;
  before(async function () {
    this.timeout(20_000);
    place = await create();
    blobs = await place.open();
  });
  after(async () => {
    await blobs.close();
    await place.remove();
  });
  afterEach(async () => {
    for (const attempt of [id, other]) {
      await blobs.inputs.removeAll(attempt);
      await blobs.evidence.removeAll(attempt);
    }
  });
  const receive = (bytes: Uint8Array, root = name.inputRoot) =>
    openVectors(blobs.inputs).receive(id, { member: 1, inputRoot: root }, parameters, w, pieces(bytes, 7));

  it('are taken in pieces, and given back whole to this process and another', async () => {
    await receive(packed);
    expect(new Uint8Array(await openVectors(blobs.inputs).read(id, name))).to.deep.equal(packed);
    const again = await place.open();
    expect(new Uint8Array(await openVectors(again.inputs).read(id, name))).to.deep.equal(packed);
    expect(await again.name()).to.equal(await blobs.name());
    await again.close();
    await receive(packed);
    expect(await blobs.inputs.bytes(id)).to.equal(packed.length);
  });

  it('leave nothing where they are refused, or their sender breaks off', async () => {
    expect(await codeOf(receive(packed, digestOfText('other')))).to.equal('input/root-mismatch');
    expect(await codeOf(receive(packed.subarray(1)))).to.equal('vector/length');
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 20);
      throw new Error('aborted');
    }
    const received = openVectors(blobs.inputs).receive(id, name, parameters, w, broken());
    expect(await codeOf(received)).to.equal('Error: aborted');
    expect(await blobs.inputs.names(id)).to.deep.equal([]);
    expect(await codeOf(openVectors(blobs.inputs).read(id, name))).to.equal('storage/vector-missing');
  });

  it('are kept for those named, and cleaned by attempts that are over', async () => {
    const vectors = openVectors(blobs.inputs);
    await receive(packed);
    for (const extra of ['0-a', '0-b', '2-c', '2-d']) await blobs.inputs.write(id, extra, [packed]);
    await blobs.inputs.write(other, '0-a', [packed]);
    expect(await blobs.inputs.names(id)).to.have.length(5);
    await vectors.keepOnly(id, [name]);
    expect(await blobs.inputs.names(id)).to.deep.equal([`1-${name.inputRoot}`]);
    await vectors.clean(({ round }) => round === 2, 0);
    expect(await blobs.inputs.attempts()).to.deep.equal([id]);
    await vectors.discard(id, name);
    await vectors.discard(id, name);
    expect(await blobs.inputs.names(id)).to.deep.equal([]);
  });

  it('are blocks by their CID, an attempt’s own, until they expire', async () => {
    const evidence = openEvidence(blobs.evidence);
    const bytes = Uint8Array.of(3, 1, 4);
    const cid = await evidence(id).put('raw', bytes);
    for (let more = 0; more < 7; more += 1) await evidence(id).put('raw', Uint8Array.of(more));
    await evidence(other).put('raw', bytes);
    expect(new Uint8Array(await evidence(id).get(cid))).to.deep.equal(bytes);
    expect(await codeOf(evidence(id).get(cidOf('raw', packed)))).to.equal('evidence/unknown-block');
    const kept = keptEvidence(blobs.evidence);
    expect(await kept.attempts()).to.have.deep.members([id, other]);
    await kept.remove(id);
    expect(await codeOf(evidence(id).get(cid))).to.equal('evidence/expired');
    expect(await kept.attempts()).to.deep.equal([other]);
    expect(await blobs.evidence.expired()).to.deep.equal([id]);
    await kept.finishRemovals();
    expect(new Uint8Array(await evidence(other).get(cid))).to.deep.equal(bytes);
    await blobs.evidence.markExpired(other);
    expect(await blobs.evidence.isExpired(other)).to.equal(true);
  });

  it('are of any length: many parts, and none', async function () {
    this.timeout(60_000);
    const large = new Uint8Array(20 * 1024 * 1024 + 5).map((_, i) => i * 7 + (i >> 12));
    await blobs.inputs.write(id, 'large', pieces(large, 100_000));
    expect(Buffer.compare(large, (await blobs.inputs.read(id, 'large'))!)).to.equal(0);
    await blobs.inputs.write(id, 'empty', []);
    expect((await blobs.inputs.read(id, 'empty'))?.length).to.equal(0);
    expect(await blobs.inputs.bytes(id)).to.equal(large.length);
  });
});
