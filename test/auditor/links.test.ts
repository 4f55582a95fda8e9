/** Level 1: blocks that are gone, altered or malformed, and where. */
import { expect } from 'chai';
import { visit } from '#auditor/checks/blocks.ts';
import { namedSource } from '#auditor/named-source.ts';
import { TributaryError } from '#crypto/error.ts';
import { putBlob } from '#datasets/blob.ts';
import { readBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { cidOf } from '#protocol/dag.ts';
import { modelSchema } from '#protocol/manifests.ts';
import { damaged, settledLie } from './forge.ts';
import { faults, finding } from './found.ts';
import { honestLineage, type Lineage, type Round } from './lineage.ts';

describe('audit level 1, linked blocks', () => {
  let honest: Lineage;
  let first: Round;
  let second: Round;
  before(async () => {
    honest = await honestLineage();
    [first, second] = honest.rounds as [Round, Round];
  });

  it('names the exact link of a flipped byte', async () => {
    const { weights } = await readBlock(honest.store, second.after.cid, modelSchema, 'the model');
    const chunk = [...honest.store.blocks.values()].find(
      ({ cid, bytes }) => cid.code === 0x55 && bytes.length > 64 && isChunkOf(weights, bytes),
    );
    const given = { ...honest.given, blocks: damaged(honest.store, chunk!.cid, 'flipped') };
    const verdict = await finding(given, 'links.round', 'round 2');
    expect(verdict).to.include({
      code: 'link/altered',
      place: `round 2 → modelAfter → weights → chunk 0 (${chunk!.cid.toString()})`,
    });
    expect(verdict).to.have.property('detail', 'its bytes are not those that the link names');
    expect(await faults(given, [1])).to.deep.equal(['links.round @ round 2: link/altered']);
  });

  it('names a link whose block is gone, at the place where it first stands', async () => {
    const descriptor = honest.job.manifest.datasets[4]!.descriptor;
    const given = { ...honest.given, blocks: damaged(honest.store, descriptor, 'gone') };
    const verdict = await finding(given, 'links.terms', 'job');
    expect(verdict).to.include({
      code: 'link/missing',
      place: `terms → dataset 4 → descriptor (${descriptor.toString()})`,
    });
  });

  it('does not believe a source that gives other bytes without a word', async () => {
    const lying = { get: async () => new Uint8Array([1, 2, 3]) };
    expect(await faults({ ...honest.given, blocks: lying }, [1])).to.include(
      'lineage.terms @ job: link/altered',
    );
  });

  it('takes a source’s word that its block is damaged', async () => {
    const blocks = {
      get: async (cid: typeof first.payouts) => {
        if (cid.equals(first.payouts)) throw new TributaryError('ipfs/block-mismatch', 'the disk is damaged');
        return honest.store.get(cid);
      },
    };
    const verdict = await finding({ ...honest.given, blocks }, 'links.round', 'round 1');
    expect(verdict).to.include({
      code: 'link/altered',
      place: `round 1 → payouts (${first.payouts.toString()})`,
    });
  });

  it('names a block that is whole but not canonical', async () => {
    const given = await settledLie(honest, {
      cid: first.aggregate,
      bytes: () => Uint8Array.of(0xa0, 0xa0),
    });
    const verdict = await finding(given, 'links.round', 'round 1');
    expect(verdict).to.have.property('code', 'link/malformed');
    expect(verdict)
      .to.have.property('place')
      .that.matches(/^round 1 → aggregate \(bafy\w+\)$/);
  });

  it('goes on after a broken link and names the others too', async () => {
    const blocks = damaged(damaged(honest.store, first.payouts, 'gone'), first.aggregate, 'flipped');
    const verdict = await finding({ ...honest.given, blocks }, 'links.round', 'round 1');
    expect(verdict)
      .to.have.property('detail')
      .that.matches(/; round 1 → (payouts|aggregate) \(bafy\w+\): /);
  });

  it('counts blocks and refuses a copy that hangs too many on one root', async () => {
    const store = scratchStore();
    const root = await putBlob(
      store,
      new Uint8Array(50).map((_, i) => i),
      10,
    );
    const source = namedSource(store);
    source.name(root, 'root');
    expect(await visit(source, [root], [], 6)).to.deep.equal({ result: 'passed', detail: '6 blocks' });
    expect(await visit(namedSource(store), [root], [], 5)).to.include({ code: 'link/too-many' });
  });

  it('visits a block once, however often it is linked, and none that it is told to skip', async () => {
    const store = scratchStore();
    const root = await putBlob(store, new Uint8Array(30), 10);
    expect(await visit(namedSource(store), [root, root])).to.deep.equal({
      result: 'passed',
      detail: '2 blocks',
    });
    expect(await visit(namedSource(store), [root], [root])).to.deep.equal({
      result: 'passed',
      detail: '0 blocks',
    });
  });

  it('names eight broken links and counts the rest', async () => {
    const store = scratchStore();
    const bytes = new Uint8Array(110).map((_, i) => i);
    const root = await putBlob(store, bytes, 10);
    const only = {
      get: async (cid: typeof root) => (cid.equals(root) ? store.get(cid) : scratchStore().get(cid)),
    };
    const verdict = await visit(namedSource(only), [root]);
    expect(verdict)
      .to.have.property('detail')
      .that.matches(/chunk 8 \(.*and 2 more$/s);
  });
  function isChunkOf(blob: typeof first.manifest, bytes: Uint8Array): boolean {
    const manifest = honest.store.blocks.get(blob.toString());
    return Buffer.from(manifest!.bytes).includes(Buffer.from(cidOf('raw', bytes).bytes));
  }
});
