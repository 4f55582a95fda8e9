import { createReadStream, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CarBlockIterator, CarWriter } from '@ipld/car';
import { expect } from 'chai';
import { CID } from 'multiformats/cid';
import { importCar } from '#datasets/car-import.ts';
import { carBlockStore, exportCar, writeCar } from '#datasets/car.ts';
import { scratchStore, type ScratchStore } from '#datasets/scratch-store.ts';
import { walk } from '#datasets/walk.ts';
import { cidOf, encodeBlock, type DagValue } from '#protocol/dag.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { failureOf } from '#test/ipfs/failure.ts';

async function put(store: ScratchStore, value: DagValue): Promise<CID> {
  return store.put('dag-cbor', encodeBlock(value).bytes);
}

/** Two rounds that share a model, each with its own note. */
async function lineage() {
  const store = scratchStore();
  const model = await store.put('raw', Uint8Array.of(1, 2, 3));
  const first = await put(store, { round: 1, model, previous: null });
  const note = await store.put('raw', new Uint8Array(300).fill(7));
  const root = await put(store, { round: 2, model, previous: first, note });
  return { store, root, first, model, note };
}

describe('a walk over a DAG', () => {
  it('visits each block once, parents first, links in the order of the bytes', async () => {
    const { store, root, first, model, note } = await lineage();
    const visited: string[] = [];
    for await (const { cid, bytes } of walk(store, root)) {
      expect(bytes).to.deep.equal(await store.get(cid));
      visited.push(cid.toString());
    }
    expect(visited).to.deep.equal([root, note, model, first].map(String));
  });

  it('leaves out what it is told to, with all below', async () => {
    const { store, root, first, note } = await lineage();
    const visited: string[] = [];
    for await (const { cid } of walk(store, root, { skip: (cid) => cid.equals(note) || cid.equals(first) })) {
      visited.push(cid.toString());
    }
    expect(visited).to.have.length(2).and.not.include(first.toString());
  });

  it('ends at a missing block and at too many', async () => {
    const { store, root } = await lineage();
    const count = async (limit: number) => {
      let visited = 0;
      for await (const { bytes } of walk(store, root, { maximumBlocks: limit }))
        visited += Math.sign(bytes.length);
      return visited;
    };
    expect(await count(4)).to.equal(4);
    expect(await failureOf(count(3))).to.have.property('code', 'dag/too-many-blocks');
    const wide = await put(store, {
      links: [0, 1, 2, 3, 4].map((byte) => cidOf('raw', Uint8Array.of(byte))),
    });
    const first = walk(store, wide, { maximumBlocks: 4 });
    await first.next();
    expect(await failureOf(first.next()), 'links that wait').to.have.property('code', 'dag/too-many-blocks');
    const broken = await put(store, { lost: cidOf('raw', Uint8Array.of(9)) });
    const steps = walk(store, broken);
    await steps.next();
    expect(await failureOf(steps.next())).to.have.property('code', 'ipfs/not-found');
  });
});

describe('a CAR file', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'lineage.car');
  after(() => removeFolder(folder));

  /** Another file with some bytes of this one changed. */
  function altered(change: (bytes: Buffer) => Buffer): string {
    const copy = join(folder, 'altered.car');
    writeFileSync(copy, change(Buffer.from(readFileSync(file))));
    return copy;
  }
  async function written(roots: CID[], blocks: { cid: CID; bytes: Uint8Array }[]): Promise<string> {
    const { writer, out } = CarWriter.create(roots);
    const parts: Uint8Array[] = [];
    const collected = (async () => {
      for await (const part of out) parts.push(part);
    })();
    for (const block of blocks) await writer.put(block);
    await writer.close();
    await collected;
    const other = join(folder, 'other.car');
    writeFileSync(other, Buffer.concat(parts));
    return other;
  }

  it('takes a DAG elsewhere under the same root', async () => {
    const { store, root } = await lineage();
    await writeCar(file, store, root);
    const elsewhere = scratchStore();
    const taken = await importCar(file, elsewhere);
    expect(taken.root.equals(root)).to.equal(true);
    expect(taken.pinned).to.equal(true);
    expect([...elsewhere.blocks.keys()].sort()).to.deep.equal([...store.blocks.keys()].sort());
    const again = join(folder, 'again.car');
    await writeCar(again, elsewhere, root);
    expect(readFileSync(again).equals(readFileSync(file))).to.equal(true);
  });

  it('is written block by block: when one is asked for, those before it are in the file', async () => {
    const store = scratchStore();
    const chunks = [];
    for (let i = 0; i < 40; i++) chunks.push(await store.put('raw', new Uint8Array(50_000).fill(i)));
    const root = await put(store, { chunks });
    const large = join(folder, 'large.car');
    let given = 0;
    let held = 0;
    const watched = {
      async get(cid: CID) {
        held = Math.max(held, given - (statSync(`${large}.partial`, { throwIfNoEntry: false })?.size ?? 0));
        const bytes = await store.get(cid);
        given += bytes.length;
        return bytes;
      },
    };
    await writeCar(large, watched, root);
    expect(given).to.be.greaterThan(2_000_000);
    expect(held).to.be.below(3 * 50_000);
    const car = await carBlockStore(large);
    expect(await car.get(chunks.at(-1)!)).to.deep.equal(new Uint8Array(50_000).fill(39));
    await car.close();
  });

  it('can be read by others', async () => {
    const { root, store } = await lineage();
    const car = await CarBlockIterator.fromIterable(createReadStream(file));
    expect((await car.getRoots()).map(String)).to.deep.equal([root.toString()]);
    const cids: string[] = [];
    for await (const { cid, bytes } of car) {
      expect(Buffer.compare(bytes, await store.get(CID.parse(cid.toString())))).to.equal(0);
      cids.push(cid.toString());
    }
    expect(cids).to.have.length(4);
  });

  it('serves blocks by CID, without the store it came from', async () => {
    const { root, store, note } = await lineage();
    const car = await carBlockStore(file);
    expect(car.root.equals(root)).to.equal(true);
    expect(car.cids()).to.have.length(4);
    expect(await car.get(note)).to.deep.equal(await store.get(note));
    const missing = await failureOf(car.get(cidOf('raw', Uint8Array.of(8))));
    expect(missing.code).to.equal('car/not-found');
    await car.close();
  });

  it('takes further DAGs along, each block once', async () => {
    const { store, root, model } = await lineage();
    const evidence = await put(store, { evidence: true, model });
    await writeCar(join(folder, 'with.car'), store, root, { also: [evidence] });
    const car = await carBlockStore(join(folder, 'with.car'));
    expect(car.root.equals(root)).to.equal(true);
    expect(car.cids().map(String)).to.have.length(5).and.include(evidence.toString());
    await car.close();
    expect(readFileSync(join(folder, 'with.car')).length).to.be.below(readFileSync(file).length + 150);
  });

  it('is not there when what it should hold is not', async () => {
    const store = scratchStore();
    const root = await put(store, { lost: cidOf('raw', Uint8Array.of(9)) });
    const never = join(folder, 'never.car');
    expect(await failureOf(writeCar(never, store, root))).to.have.property('code', 'ipfs/not-found');
    expect(existsSync(never)).to.equal(false);
    expect(existsSync(`${never}.partial`)).to.equal(false);
    const stream = async () => {
      for await (const part of exportCar(store, root)) expect(part.length).to.be.above(0);
    };
    expect(await failureOf(stream())).to.have.property('code', 'ipfs/not-found');
  });

  it('with a changed byte names the block, and none of it is taken for good', async () => {
    const { note } = await lineage();
    const at = readFileSync(file).indexOf(new Uint8Array(300).fill(7));
    const copy = altered((bytes) => {
      bytes[at + 5] = 8;
      return bytes;
    });
    const car = await carBlockStore(copy);
    const { code, message } = await failureOf(car.get(note));
    expect(code).to.equal('car/block-mismatch');
    expect(message).to.contain(note.toString());
    await car.close();
    const store = scratchStore();
    expect(await failureOf(importCar(copy, store))).to.have.property('code', 'car/block-mismatch');
    expect(store.blocks.has(note.toString())).to.equal(false);
  });

  it('is refused when it is cut, longer, or something else', async () => {
    const first = { cid: cidOf('raw', Uint8Array.of(5)), bytes: Uint8Array.of(5) };
    const foreign = CID.parse('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG');
    const refused: [string, () => string | Promise<string>][] = [
      ['car/malformed', () => altered((bytes) => bytes.subarray(0, bytes.length - 1))],
      ['car/malformed', () => altered((bytes) => bytes.subarray(0, 30))],
      ['car/malformed', () => altered((bytes) => bytes.subarray(0, 59 + 10))],
      ['car/malformed', () => altered((bytes) => Buffer.concat([bytes, Uint8Array.of(3, 1, 2)]))],
      [
        'car/malformed',
        () => altered((bytes) => Buffer.concat([bytes, Uint8Array.of(0xff, 0xff, 0xff, 0x7f)])),
      ],
      [
        'car/malformed',
        () => altered((bytes) => Buffer.concat([bytes, Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0)])),
      ],
      ['car/malformed', () => altered(() => Buffer.alloc(0))],
      ['car/malformed', () => altered(() => Buffer.alloc(500, 0x41))],
      [
        'car/malformed',
        () => altered((bytes) => Buffer.concat([Uint8Array.of(0xba, 0x01), bytes.subarray(1)])),
      ],
      [
        'car/malformed',
        () =>
          altered((bytes) =>
            Buffer.from(bytes.toString('latin1').replace('version\x01', 'version\x02'), 'latin1'),
          ),
      ],
      ['car/root', () => written([], [first])],
      ['car/root', () => written([cidOf('raw', Uint8Array.of(6))], [first])],
      ['car/malformed', () => written([first.cid], [first, { cid: foreign, bytes: Uint8Array.of(1) }])],
      ['car/unreadable', () => join(folder, 'no.car')],
    ];
    for (const [i, [code, make]] of refused.entries()) {
      expect(await failureOf(carBlockStore(await make())), `${i}`).to.have.property('code', code);
    }
    const long = altered((bytes) => Buffer.concat([Uint8Array.of(101), bytes.subarray(1)]));
    expect((await failureOf(carBlockStore(long))).message).to.contain('header is too long');
    const twoRoots = await written([first.cid, cidOf('raw', Uint8Array.of(6))], [first]);
    expect(await failureOf(carBlockStore(twoRoots)))
      .to.have.property('code')
      .that.matches(/^car\//);
  });

  it('refuses a link of another kind before it looks', async () => {
    const car = await carBlockStore(file);
    const foreign = CID.parse('QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG');
    expect(await failureOf(car.get(foreign))).to.have.property('code', 'dag/link');
    await car.close();
  });

  it('asks the store to keep the root', async () => {
    const pinned: string[] = [];
    const store = { ...scratchStore(), pin: (cid: CID) => Promise.resolve(void pinned.push(cid.toString())) };
    const { root } = await importCar(file, store);
    expect(pinned).to.deep.equal([root.toString()]);
  });
});
