/** What every node must do for the client, be it ours or a Kubo. */
import { expect } from 'chai';
import type { IpfsStore } from '#datasets/ipfs.ts';
import { cidOf, encodeBlock } from '#protocol/dag.ts';
import { failureOf } from './failure.ts';

/** Bytes that no other run has stored. */
function freshBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

export function behavesAsBlockStore(connect: () => IpfsStore): void {
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
}
