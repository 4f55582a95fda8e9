/** `tributary lineage import`: files that are whole, in part, or hostile, into a real node. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarWriter } from '@ipld/car';
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { importLineage } from '#cli/commands/lineage-import.ts';
import { startIpfs, type IpfsServer } from '#cli/ipfs/server.ts';
import { carBlockStore, writeCar } from '#datasets/car.ts';
import { connectIpfs } from '#datasets/ipfs.ts';
import { cidOf } from '#protocol/dag.ts';
import { failureOf } from '#test/ipfs/failure.ts';
import { lineageJob, lineageRound, type LineageJob } from '#test/support/lineage.ts';
import { printedLines } from './printed.ts';

describe('the import of a lineage', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-import-'));
  const car = join(folder, 'job.car');
  let made: LineageJob;
  let node: IpfsServer;
  let root: CID;
  let lost: CID;
  const options = () => ({ home: folder, ipfs: node.url, json: true });
  const isPinned = async () =>
    (await fetch(`${node.url}/api/v0/pin/ls?arg=${root.toString()}`, { method: 'POST' })).ok;

  before(async () => {
    made = await lineageJob();
    for (const seat of made.chain.seats.keys()) await made.store.put('raw', Uint8Array.of(seat));
    const first = await lineageRound(made, []);
    const { result } = await lineageRound(made, [first]);
    [root, lost] = [result.manifest, result.aggregate];
    await writeCar(car, made.store, root);
  });
  beforeEach(async () => {
    node = await startIpfs({ folder: mkdtempSync(join(folder, 'node-')) });
  });
  afterEach(() => node.stop());
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A CAR with these roots and with those blocks of the lineage's file that are chosen. */
  async function written(name: string, roots: readonly CID[], chosen: (cid: CID) => boolean) {
    const source = await carBlockStore(car);
    const { writer, out } = CarWriter.create([...roots]);
    const parts: Uint8Array[] = [];
    const collected = (async () => {
      for await (const part of out) parts.push(part);
    })();
    for (const cid of source.cids().filter(chosen)) {
      await writer.put({ cid, bytes: await source.get(cid) });
    }
    await writer.close();
    await collected;
    await source.close();
    const file = join(folder, name);
    writeFileSync(file, Buffer.concat(parts));
    return file;
  }
  const hasRoot = async () =>
    connectIpfs(node.url)
      .get(root)
      .then(
        () => true,
        () => false,
      );

  it('refuses a file that is not complete, unless it is to be partial', async () => {
    const file = await written('incomplete.car', [root], (cid) => !cid.equals(lost));
    const refused = await failureOf(importLineage(options(), file));
    expect(refused.code).to.equal('car/not-found');
    expect(refused.message).to.contain(lost.toString());
    expect(await hasRoot()).to.equal(false);

    const [said] = await printedLines(importLineage({ ...options(), partial: true }, file));
    expect(said).to.include({ root: root.toString(), pinned: false });
    expect(await isPinned()).to.equal(false);
    expect(await hasRoot()).to.equal(true);

    await connectIpfs(node.url).put('dag-cbor', await made.store.get(lost));
    const [again] = await printedLines(importLineage({ ...options(), partial: true }, file));
    expect(again).to.include({ pinned: true });
  });

  it('refuses a file with a wrong block before it stores one', async () => {
    const bytes = Buffer.from(readFileSync(car));
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    const file = join(folder, 'wrong.car');
    writeFileSync(file, bytes);
    for (const partial of [false, true]) {
      expect(await failureOf(importLineage({ ...options(), partial }, file))).to.have.property(
        'code',
        'car/block-mismatch',
      );
      expect(await hasRoot()).to.equal(false);
    }
  });

  it('refuses files that are cut, have several roots, blocks too large, or nothing of a CAR', async () => {
    const whole = readFileSync(car);
    const refused: [string, string, string, Uint8Array][] = [
      ['car/malformed', 'it ends inside a block', 'cut.car', whole.subarray(0, whole.length - 1)],
      // A section of 4 MiB + 37 bytes, which would be a block one byte too large.
      [
        'car/malformed',
        'no block can have its size',
        'large.car',
        Buffer.concat([whole, Uint8Array.of(0xa5, 0x80, 0x80, 0x02)]),
      ],
      ['car/malformed', 'not a CAR', 'no.car', Buffer.alloc(100, 0x41)],
      [
        'car/root',
        'exactly one root',
        'roots.car',
        readFileSync(await written('r.car', [root, cidOf('raw', Uint8Array.of(1))], () => true)),
      ],
    ];
    for (const [code, why, name, bytes] of refused) {
      writeFileSync(join(folder, name), bytes);
      const failure = await failureOf(importLineage(options(), join(folder, name)));
      expect([failure.code, name]).to.deep.equal([code, name]);
      expect(failure.message).to.contain(why);
    }
    expect(await failureOf(importLineage(options(), join(folder, 'absent.car')))).to.have.property(
      'code',
      'car/unreadable',
    );
    expect(await hasRoot()).to.equal(false);
  });
});
