/** What every node must do for the client, be it ours or a Kubo. */
import { expect } from 'chai';
import { getBlob, putBlob } from '#datasets/blob.ts';
import { importCar } from '#datasets/car-import.ts';
import { writeCar } from '#datasets/car.ts';
import { connectIpfs, type IpfsStore } from '#datasets/ipfs.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { cidOf, encodeBlock } from '#protocol/dag.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { failureOf } from './failure.ts';
import { startLiar } from './liar.ts';

/** Bytes that no other run has stored. */
function freshBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

/**
 * @param urlOf the node's RPC, once it runs
 * @param timeout an online Kubo looks for a missing block until this time is up, in milliseconds
 */
export function behavesAsBlockStore(urlOf: () => string, timeout = 20_000): void {
  const connect = (): IpfsStore => connectIpfs(urlOf(), { timeout });
  const post = (path: string) => fetch(new URL(`/api/v0/${path}`, urlOf()), { method: 'POST' });

  it('says its version', async () => {
    expect(await connect().version()).to.match(/^\d+\.\d+/);
  });

  it('stores raw bytes under their CID and gives them back', async () => {
    const bytes = freshBytes(1000);
    const cid = await connect().put('raw', bytes);
    expect(cid.toString()).to.equal(cidOf('raw', bytes).toString());
    expect(await connect().get(cid)).to.deep.equal(bytes);
  });

  it('stores DAG-CBOR as DAG-CBOR', async () => {
    const block = encodeBlock({ round: 7, salt: freshBytes(16) });
    const cid = await connect().put('dag-cbor', block.bytes);
    expect(cid.toString())
      .to.equal(block.cid.toString())
      .and.match(/^bafyrei/);
    expect(await connect().get(cid)).to.deep.equal(block.bytes);
  });

  it('stores an empty block and bytes that look like a multipart boundary', async () => {
    for (const bytes of [
      new Uint8Array(),
      new TextEncoder().encode('\r\n-----------------------------\r\n--'),
    ]) {
      expect(await connect().get(await connect().put('raw', bytes))).to.deep.equal(bytes);
    }
  });

  it('stores a block of 4 MiB', async () => {
    const bytes = freshBytes(4 * 1024 * 1024);
    expect(Buffer.compare(await connect().get(await connect().put('raw', bytes)), bytes)).to.equal(0);
  });

  it('pins a DAG', async () => {
    const leaf = freshBytes(100);
    const root = encodeBlock({ leaf: await connect().put('raw', leaf) });
    await connect().put('dag-cbor', root.bytes);
    await connect().pin(root.cid);
    await connect().pin(root.cid);
  });

  it('says that it lacks a block, instead of waiting for it', async () => {
    const { code, message } = await failureOf(connect().get(cidOf('raw', freshBytes(32))));
    expect(code).to.equal('ipfs/not-found');
    expect(message).to.contain('CAR');
  });

  it('does not pin what it has only in part', async () => {
    const root = encodeBlock({ leaf: cidOf('raw', freshBytes(32)) });
    await connect().put('dag-cbor', root.bytes);
    expect(await failureOf(connect().pin(root.cid))).to.have.property('code', 'ipfs/not-found');
  });

  it('keeps a blob of several chunks', async () => {
    const bytes = freshBytes(2 * 1024 * 1024 + 5);
    const cid = await putBlob(connect(), bytes);
    await connect().pin(cid);
    expect(Buffer.compare(await getBlob(connect(), cid, { limit: bytes.length }), bytes)).to.equal(0);
    expect(await failureOf(getBlob(connect(), cid, { limit: bytes.length - 1 }))).to.have.property(
      'code',
      'blob/too-big',
    );
  });

  it('lists a pin until it is removed', async () => {
    const cid = await connect().put('raw', freshBytes(50));
    const name = cid.toString();
    expect((await post(`pin/ls?arg=${name}&type=recursive`)).ok).to.equal(false);
    await connect().pin(cid);
    const listed = (await (await post(`pin/ls?arg=${name}&type=recursive`)).json()) as {
      Keys: Record<string, { Type: string }>;
    };
    expect(listed.Keys[name]?.Type).to.equal('recursive');
    expect((await post(`pin/rm?arg=${name}`)).ok).to.equal(true);
    expect((await post(`pin/ls?arg=${name}&type=recursive`)).ok).to.equal(false);
  });

  it('gives a CAR file that has the same root elsewhere, and takes it back', async () => {
    const leaf = await putBlob(connect(), freshBytes(1_500_000));
    const root = await connect().put('dag-cbor', encodeBlock({ leaf }).bytes);
    const folder = temporaryFolder();
    try {
      await writeCar(`${folder}/a.car`, connect(), root);
      const elsewhere = scratchStore();
      expect((await importCar(`${folder}/a.car`, elsewhere)).root.toString()).to.equal(root.toString());
      expect(elsewhere.blocks.size).to.equal(4);
      const other = await elsewhere.put('dag-cbor', encodeBlock({ leaf, salt: freshBytes(8) }).bytes);
      await writeCar(`${folder}/b.car`, elsewhere, other);
      const taken = await importCar(`${folder}/b.car`, connect());
      expect(taken.pinned).to.equal(true);
      expect(await connect().get(other)).to.deep.equal(await elsewhere.get(other));
    } finally {
      removeFolder(folder);
    }
  });

  it('is not believed where it answers wrongly', async () => {
    const liar = await startLiar(urlOf());
    try {
      const store = connectIpfs(liar.url, { timeout });
      const bytes = freshBytes(100);
      const cid = await connect().put('raw', bytes);
      expect(await failureOf(store.get(cid))).to.have.property('code', 'ipfs/block-mismatch');
      expect(await failureOf(store.put('raw', bytes))).to.have.property('code', 'ipfs/block-mismatch');
      expect(await connect().get(cid)).to.deep.equal(bytes);
    } finally {
      await liar.stop();
    }
  });
}
