/** A CAR as it arrives, from a sender that nobody trusts. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { CID } from 'multiformats/cid';
import { exportCar } from '#datasets/car.ts';
import { openCarStream } from '#datasets/car-stream.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { walk } from '#datasets/walk.ts';
import { cidOf, encodeBlock, type Block } from '#protocol/dag.ts';
import { failureOf } from '#test/ipfs/failure.ts';

/** Two vectors that share a chunk, as two members may send them. */
async function dag() {
  const store = scratchStore();
  const chunk = (byte: number) => store.put('raw', new Uint8Array(300).fill(byte));
  const [a, b, c] = [await chunk(1), await chunk(2), await chunk(3)];
  const first = await writeBlock(store, { chunks: [a, b, a] });
  const second = await writeBlock(store, { chunks: [b, c] });
  return { store, root: await writeBlock(store, { inputs: [first, second, first] }) };
}

const varint = (length: number) =>
  length < 0x80 ? [length] : [(length & 0x7f) | 0x80, ...(length < 0x4000 ? [length >> 7] : [])];
const section = ({ cid, bytes }: Block): Uint8Array =>
  Buffer.concat([Uint8Array.from(varint(cid.bytes.length + bytes.length)), cid.bytes, bytes]);
const headerOf = (roots: readonly CID[], version = 1): Uint8Array => {
  const { bytes } = encodeBlock({ roots, version });
  return Buffer.concat([Uint8Array.from(varint(bytes.length)), bytes]);
};

async function whole(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const part of parts) pieces.push(part);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** All of a CAR, taken as a receiver does. @returns it, written anew */
async function taken(bytes: Uint8Array, size = 100): Promise<Buffer> {
  const car = await openCarStream(inPieces(bytes, size), 'it');
  const again = await whole(exportCar(car, car.root));
  await car.finish();
  return again;
}

describe('a CAR as it arrives', () => {
  let root: CID;
  let blocks: Block[];
  let sent: Buffer;
  before(async () => {
    const made = await dag();
    ({ root } = made);
    blocks = [];
    for await (const block of walk(made.store, root)) blocks.push(block);
    sent = await whole(exportCar(made.store, root));
  });

  const carOf = (...list: Block[]) => Buffer.concat([headerOf([root]), ...list.map(section)]);
  const codeOf = async (bytes: Uint8Array) => (await failureOf(taken(bytes))).code;

  it('gives the same bytes, in whatever pieces it comes', async () => {
    expect(blocks).to.have.length(6);
    expect(carOf(...blocks)).to.deep.equal(sent);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: sent.length }), async (size) => {
        expect(await taken(sent, size)).to.deep.equal(sent);
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it('holds one block at a time, and asks for no more than that', async () => {
    let given = 0;
    async function* counted() {
      for await (const piece of inPieces(sent, 50)) {
        given += piece.length;
        yield piece;
      }
    }
    const car = await openCarStream(counted(), 'it');
    expect(given).to.be.below(headerOf([root]).length + 50);
    await car.get(root);
    expect(given).to.be.below(carOf(blocks[0]!).length + 50);
  });

  it('is taken nowhere with a block that is another, has other bytes, is left out, moved or put between', async () => {
    const [top, first, ...rest] = blocks as [Block, Block, ...Block[]];
    const other = { cid: cidOf('raw', Uint8Array.of(5)), bytes: Uint8Array.of(5) };
    const lies: Record<string, Block[]> = {
      another: [top, other, ...rest],
      'other bytes': [top, { ...first, bytes: first.bytes.map((byte) => byte ^ 1) }, ...rest],
      'left out': [top, ...rest],
      moved: [top, first, ...rest.toReversed()],
      'put between': [top, other, first, ...rest],
      twice: [top, top, first, ...rest],
    };
    for (const [lie, list] of Object.entries(lies)) {
      expect(await codeOf(carOf(...list)), lie).to.equal('car/block-mismatch');
    }
  });

  it('is cut off wherever it ends too early', async () => {
    for (let length = 0; length < sent.length; length += 7) {
      expect(await codeOf(sent.subarray(0, length)), `${length}`).to.equal('car/cut-off');
    }
    expect(await codeOf(sent.subarray(0, -1))).to.equal('car/cut-off');
  });

  it('is refused where it goes on after its end, by a block or a byte', async () => {
    expect(await codeOf(Buffer.concat([sent, section(blocks[0]!)]))).to.equal('car/malformed');
    expect(await codeOf(Buffer.concat([sent, Uint8Array.of(0)]))).to.equal('car/malformed');
  });

  it('is refused by its lengths, before anything of such a length is asked for', async () => {
    let asked = 0;

    async function* endless(start: Uint8Array) {
      yield start;
      for (; ; asked++) yield new Uint8Array(1024);
    }
    const after = async (start: readonly number[], begun: Uint8Array) => {
      const stream = openCarStream(endless(Buffer.concat([begun, Uint8Array.from(start)])), 'it');
      return (await failureOf(stream.then((car) => car.get(root)))).code;
    };
    const none = new Uint8Array();
    expect(await after([101], none), 'header').to.equal('car/malformed');
    expect(await after([0xff, 0xff, 0xff, 0xff, 0x7f], none), 'header').to.equal('car/malformed');
    for (const length of [[35], [0xa5, 0x80, 0x80, 0x02], [0xff, 0xff, 0xff, 0xff, 0x7f]]) {
      expect(await after(length, headerOf([root])), length.join()).to.equal('car/malformed');
    }
    expect(asked).to.equal(0);
  });

  it('is refused with other roots than one, another version, or blocks of another kind', async () => {
    const body = Buffer.concat(blocks.map(section));
    expect(await codeOf(Buffer.concat([headerOf([]), body]))).to.equal('car/root');
    expect(await codeOf(Buffer.concat([headerOf([root], 2), body]))).to.equal('car/malformed');
    expect(await codeOf(Buffer.concat([headerOf([blocks[1]!.cid]), body]))).to.equal('car/block-mismatch');
    const foreign = Uint8Array.from(section(blocks[0]!));
    foreign[3] = 0x70; // dag-pb
    expect(await codeOf(Buffer.concat([headerOf([root]), foreign]))).to.equal('car/malformed');
  });
});
