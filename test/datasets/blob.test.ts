import { expect } from 'chai';
import fc from 'fast-check';
import { encodeBlob, getBlob, putBlob, streamBlob } from '#datasets/blob.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { cidOf, encodeBlock, type DagValue } from '#protocol/dag.ts';
import { failureOf } from '#test/ipfs/failure.ts';

const limit = 1_000_000;
const chunkSize = 4;

describe('blobs', () => {
  it('come back whole and in order, in chunks of one size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (bytes, size) => {
          const store = scratchStore();
          const cid = await putBlob(store, bytes, size);
          expect(await getBlob(store, cid, { limit, chunkSize: size })).to.deep.equal(bytes);
          const lengths: number[] = [];
          for await (const part of streamBlob(store, cid, { limit, chunkSize: size }))
            lengths.push(part.length);
          expect(lengths.slice(0, -1).every((length) => length === size)).to.equal(true);
          expect(cid.equals(encodeBlob(bytes, size).manifest.cid)).to.equal(true);
        },
      ),
      { seed: 1 },
    );
  });

  it('have chunks of 1 MiB by themselves', async () => {
    const store = scratchStore();
    const bytes = new Uint8Array(2 * 1024 * 1024 + 5).fill(3);
    const cid = await putBlob(store, bytes);
    expect([...store.blocks.values()].map((block) => block.bytes.length)).to.include.members([
      1024 * 1024,
      5,
    ]);
    expect((await getBlob(store, cid, { limit: bytes.length })).length).to.equal(bytes.length);
  });

  it('are refused above the limit before a chunk is read', async () => {
    const full = scratchStore();
    const cid = await putBlob(full, new Uint8Array(10), chunkSize);
    const manifestOnly = scratchStore();
    await manifestOnly.put('dag-cbor', await full.get(cid));
    expect(await failureOf(getBlob(manifestOnly, cid, { limit: 9, chunkSize }))).to.have.property(
      'code',
      'blob/too-big',
    );
    expect((await getBlob(full, cid, { limit: 10, chunkSize })).length).to.equal(10);
  });

  it('are refused when their manifest lies', async () => {
    const store = scratchStore();
    const four = await store.put('raw', new Uint8Array(4));
    const three = await store.put('raw', new Uint8Array(3));
    const five = await store.put('raw', new Uint8Array(5));
    const inner = await putBlob(store, new Uint8Array(8), chunkSize);
    const kind = 'tributary/blob';
    const lies: [string, DagValue][] = [
      ['blob/not-a-blob', { kind: 'tributary/model', size: 4, chunks: [four] }],
      ['blob/not-a-blob', { kind, size: -1, chunks: [] }],
      ['blob/not-a-blob', { kind, size: 4, chunks: [four], more: 1 }],
      ['blob/not-a-blob', { kind, size: 4, chunks: ['bafy'] }],
      ['blob/not-a-blob', [four]],
      ['blob/chunks', { kind, size: 4, chunks: [four, four] }],
      ['blob/chunks', { kind, size: 8, chunks: [four] }],
      ['blob/chunks', { kind, size: 0, chunks: [four] }],
      ['blob/chunks', { kind, size: 4, chunks: [inner] }],
      ['blob/chunk-size', { kind, size: 8, chunks: [three, five] }],
      ['blob/chunk-size', { kind, size: 7, chunks: [four, four] }],
      ['blob/chunk-size', { kind, size: 8, chunks: [four, three] }],
    ];
    for (const [code, value] of lies) {
      const { cid, bytes } = encodeBlock(value);
      await store.put('dag-cbor', bytes);
      expect(
        await failureOf(getBlob(store, cid, { limit, chunkSize })),
        JSON.stringify(value),
      ).to.have.property('code', code);
    }
  });

  it('are not single raw blocks', async () => {
    const store = scratchStore();
    const { manifest } = encodeBlob(new Uint8Array());
    const cid = await store.put('raw', manifest.bytes);
    expect(await failureOf(getBlob(store, cid, { limit }))).to.have.property('code', 'blob/not-a-blob');
  });

  it('are not given in part when a chunk is missing', async () => {
    const store = scratchStore();
    const chunks = [cidOf('raw', Uint8Array.of(1, 1, 1, 1))];
    const { bytes, cid } = encodeBlock({ kind: 'tributary/blob', size: 4, chunks });
    await store.put('dag-cbor', bytes);
    expect(await failureOf(getBlob(store, cid, { limit, chunkSize }))).to.have.property(
      'code',
      'ipfs/not-found',
    );
  });
});
