import { expect } from 'chai';
import { readFile, readdir, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '#crypto/bytes.ts';
import { inputRoot } from '#crypto/packing.ts';
import { packedBytes, wordBits } from '#crypto/parameters.ts';
import { attemptsIn } from '#coordinator/blobs/folder.ts';
import { openEvidence } from '#coordinator/store/evidence-blocks.ts';
import { disk, type Disk } from '#coordinator/store/files.ts';
import { overAmong } from '#coordinator/store/open-store.ts';
import { openVectors } from '#coordinator/store/vectors.ts';
import { SealCheck } from '#model/unmasking/seal.ts';
import { cidOf } from '#protocol/dag.ts';
import type { Bytes32 } from '#protocol/units.ts';
import { cohort } from '#test/support/cohort.ts';
import { digestOfText } from '../fixtures.ts';
import { codeOf } from '../code-of.ts';
import { newFolder, removeFolder } from './folder.ts';

const members = cohort({ n: 3 });
const { id, parameters } = members;
const w = wordBits(parameters.bits, 3);
const name = members.inputs[1]!.message;
const packed = members.vectors.get(1)!;

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const full = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });

/** A disk that tells what it does, and is full at one kind of call. */
function watchedDisk(fullAt?: 'write' | 'sync' | 'rename' | 'syncFolder') {
  const calls: string[] = [];
  const call = async (what: string, go: () => Promise<void>) => {
    calls.push(what);
    if (what === fullAt) throw full();
    await go();
  };
  const watched: Disk = {
    async open(path) {
      const file = await disk.open(path);
      return {
        write: (bytes) => call('write', () => file.write(bytes)),
        sync: () => call('sync', () => file.sync()),
        close: () => file.close(),
      };
    },
    makeFolder: (path) => disk.makeFolder(path),
    rename: (from, to) => call('rename', () => disk.rename(from, to)),
    syncFolder: (path) => call('syncFolder', () => disk.syncFolder(path)),
    remove: (path) => disk.remove(path),
  };
  return { watched, calls };
}

describe('masked inputs on disk', () => {
  let folder: string;
  beforeEach(async () => (folder = await newFolder()));
  afterEach(() => removeFolder(folder));

  const filesOf = async () =>
    (await readdir(folder, { recursive: true })).filter((file) => file.includes('/'));
  const receive = (bytes: Uint8Array, size = 7, on = disk, root = name.inputRoot) =>
    openVectors(attemptsIn(folder, on)).receive(
      id,
      { member: 1, inputRoot: root },
      parameters,
      w,
      pieces(bytes, size),
    );

  it('are taken in pieces of any size and given back whole', async () => {
    for (const size of [1, 7, 18, 19, packed.length]) {
      await receive(packed, size);
      expect(new Uint8Array(await openVectors(attemptsIn(folder, disk)).read(id, name))).to.deep.equal(
        packed,
      );
    }
    expect(await filesOf()).to.deep.equal([`7-1-1/1-${name.inputRoot}`]);
  });

  it('are on disk before they have a name, and their name before they are acknowledged', async () => {
    const { watched, calls } = watchedDisk();
    await receive(packed, packed.length, watched);
    expect(calls.filter((call) => call !== 'write')).to.deep.equal([
      'sync',
      'rename',
      'syncFolder',
      'syncFolder',
    ]);
    expect(calls.lastIndexOf('write')).to.be.below(calls.indexOf('sync'));
  });

  it('are refused truncated, too long, with padding, or of another root; and nothing stays', async () => {
    expect(packed.length).to.equal(packedBytes(parameters, w));
    const padded = packed.slice();
    padded[padded.length - 1] = 0xff;
    expect(await codeOf(receive(packed.subarray(0, -1)))).to.equal('vector/length');
    expect(await codeOf(receive(new Uint8Array()))).to.equal('vector/length');
    // A chunk short, with what is left as long as the last chunk: 18 + 12 of 18 + 18 + 12 bytes.
    expect(await codeOf(receive(packed.subarray(0, 30)))).to.equal('vector/length');
    expect(await codeOf(receive(new Uint8Array([...packed, 0])))).to.equal('vector/length');
    expect(await codeOf(receive(new Uint8Array(10 * packed.length), 1000))).to.equal('vector/length');
    expect(await codeOf(receive(padded))).to.equal('vector/padding');
    expect(await codeOf(receive(packed, 7, disk, digestOfText('other')))).to.equal('input/root-mismatch');
    const other = packed.slice();
    other[0] = (other[0] ?? 0) ^ 1;
    expect(await codeOf(receive(other))).to.equal('input/root-mismatch');
    expect(await filesOf()).to.deep.equal([]);
  });

  it('leave nothing behind when the sender breaks off', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield packed.subarray(0, 20);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    }
    const received = openVectors(attemptsIn(folder, disk)).receive(id, name, parameters, w, broken());
    expect(await codeOf(received)).to.equal('Error: aborted');
    expect(await filesOf()).to.deep.equal([]);
  });

  for (const at of ['write', 'sync', 'rename', 'syncFolder'] as const) {
    it(`are refused with storage/full where the disk is full (${at}), and taken later`, async () => {
      expect(await codeOf(receive(packed, 7, watchedDisk(at).watched))).to.equal('storage/full');
      expect((await filesOf()).filter((file) => file.endsWith('.part'))).to.deep.equal([]);
      await receive(packed);
      expect(new Uint8Array(await openVectors(attemptsIn(folder, disk)).read(id, name))).to.deep.equal(
        packed,
      );
    });
  }

  it('of another length are checked in their last chunk alone', async () => {
    // 16 words of 18 bits: two whole chunks of 18 bytes.
    const even = { ...parameters, dimension: 16 };
    const bytes = Uint8Array.from({ length: 36 }, (_, i) => 3 * i + 1);
    const root = toHex(inputRoot(bytes, even, w)) as Bytes32;
    const vectors = openVectors(attemptsIn(folder, disk));
    await vectors.receive(id, { member: 0, inputRoot: root }, even, w, pieces(bytes, 5));
    expect(new Uint8Array(await vectors.read(id, { member: 0, inputRoot: root }))).to.deep.equal(bytes);
  });

  it('are kept only for those named, uploads under way aside', async () => {
    const vectors = openVectors(attemptsIn(folder, disk));
    await receive(packed);
    await vectors.receive(id, members.inputs[0]!.message, parameters, w, pieces(members.vectors.get(0)!, 9));
    await writeFile(join(folder, '7-1-1', 'under-way.part'), 'x');
    await vectors.keepOnly(id, [name]);
    expect((await readdir(join(folder, '7-1-1'))).sort()).to.deep.equal([
      `1-${name.inputRoot}`,
      'under-way.part',
    ]);
    await vectors.discard(id, name);
    expect(await readdir(join(folder, '7-1-1'))).to.deep.equal(['under-way.part']);
    await vectors.discard(id, name);
    await vectors.keepOnly({ ...id, round: 9 }, []);
  });

  it('are written as they come: no chunk of one is ever held', async () => {
    const { watched, calls } = watchedDisk();
    const sizes: number[] = [];
    async function* watchedPieces(): AsyncGenerator<Uint8Array> {
      for await (const piece of pieces(packed, 3)) {
        // What came before is on its way to the disk when more is asked for.
        expect(calls.filter((call) => call === 'write')).to.have.length(sizes.length);
        sizes.push(piece.length);
        yield piece;
      }
    }
    await openVectors(attemptsIn(folder, watched)).receive(id, name, parameters, w, watchedPieces());
    expect(sizes.length).to.be.greaterThan(3);
    expect(await readFile(join(folder, '7-1-1', `1-${name.inputRoot}`))).to.deep.equal(Buffer.from(packed));
  });

  it('are cleaned at the start: parts, and attempts that are over', async () => {
    const vectors = openVectors(attemptsIn(folder, disk));
    await receive(packed);
    await writeFile(join(folder, '7-1-1', 'cut-off.part'), 'x');
    await mkdir(join(folder, '7-1-2'));
    await writeFile(join(folder, '7-1-2', '0-left'), 'x');
    await vectors.clean(({ attempt }) => attempt === 2, 0);
    expect(await filesOf()).to.deep.equal([`7-1-1/1-${name.inputRoot}`]);
    await vectors.clean(() => true, 0);
    expect(await readdir(folder)).to.deep.equal([]);
  });

  it("leave another coordinator's uploads alone, and what only it knows of", async () => {
    const vectors = openVectors(attemptsIn(folder, disk));
    await receive(packed);
    const [cutOff, underWay] = [
      join(folder, '7-1-1', 'cut-off.part'),
      join(folder, '7-1-1', 'under-way.part'),
    ];
    await writeFile(cutOff, 'x');
    await writeFile(underWay, 'x');
    const twoHoursAgo = Date.now() / 1000 - 7_200;
    await utimes(cutOff, twoHoursAgo, twoHoursAgo);
    for (const [job, round, attempt] of [
      [7, 1, 2],
      [7, 2, 1],
      [8, 1, 1],
      [6, 1, 1],
    ])
      await mkdir(join(folder, `${job}-${round}-${attempt}`));
    const job = { job: 7, state: 'active', rounds: 2, round: 1, attempt: 1 } as const;
    const isOver = overAmong([job, { ...job, job: 6, state: 'finished' }]);
    await vectors.clean(isOver, 3_600);
    expect((await readdir(folder)).sort()).to.deep.equal(['7-1-1', '7-1-2', '7-2-1', '8-1-1']);
    expect((await readdir(join(folder, '7-1-1'))).sort()).to.deep.equal([
      `1-${name.inputRoot}`,
      'under-way.part',
    ]);
    expect([id, { ...id, attempt: 0 }, { ...id, round: 0, attempt: 9 }].map(isOver)).to.deep.equal([
      false,
      true,
      true,
    ]);
  });

  it('are sealed when they are taken in, and given back only as they were then', async () => {
    const vectors = openVectors(attemptsIn(folder, disk));
    expect(vectors.sealed(id, name)).to.equal(null);
    expect(await codeOf(vectors.receive(id, name, parameters, w, pieces(packed.slice(1), 7)))).to.equal(
      'vector/length',
    );
    expect(vectors.sealed(id, name)).to.equal(null);
    await vectors.receive(id, name, parameters, w, pieces(packed, 7));
    const { path, seal } = vectors.sealed(id, name)!;
    const check = new SealCheck(seal);
    check.push(await readFile(path));
    expect(check.holds()).to.equal(true);

    const damaged = packed.slice();
    damaged[40] = (damaged[40] ?? 0) ^ 4;
    await writeFile(path, damaged);
    expect(await codeOf(vectors.read(id, name))).to.equal('storage/vector-damaged');
    // Another process has no seals: what it makes of the vector is held against its root.
    const restarted = openVectors(attemptsIn(folder, disk));
    expect(restarted.sealed(id, name)).to.equal(null);
    expect(new Uint8Array(await restarted.read(id, name))).to.deep.equal(damaged);
  });

  it('that go take their seals with them', async () => {
    const vectors = openVectors(attemptsIn(folder, disk));
    const take = () => vectors.receive(id, name, parameters, w, pieces(packed, 7));
    await take();
    await vectors.keepOnly(id, [name]);
    expect(vectors.sealed(id, name)).not.to.equal(null);
    await vectors.keepOnly(id, []);
    expect(vectors.sealed(id, name)).to.equal(null);
    await take();
    await vectors.discard(id, name);
    expect(vectors.sealed(id, name)).to.equal(null);
  });

  it('that are gone are a coded error, and no other trouble is taken for that', async () => {
    expect(await codeOf(openVectors(attemptsIn(folder, disk)).read(id, name))).to.equal(
      'storage/vector-missing',
    );
    await mkdir(join(folder, '7-1-1', `1-${name.inputRoot}`), { recursive: true });
    expect(await codeOf(openVectors(attemptsIn(folder, disk)).read(id, name))).to.contain('EISDIR');
  });
});

describe('evidence on disk', () => {
  let folder: string;
  beforeEach(async () => (folder = await newFolder()));
  afterEach(() => removeFolder(folder));
  const bytes = Uint8Array.of(3, 1, 4, 1, 5);

  it('gives a block back by its CID, and to its own attempt only', async () => {
    const evidence = openEvidence(attemptsIn(folder, disk));
    const cid = await evidence(id).put('raw', bytes);
    expect(cid.equals(cidOf('raw', bytes))).to.equal(true);
    expect(new Uint8Array(await evidence(id).get(cid))).to.deep.equal(bytes);
    expect(await codeOf(evidence({ ...id, attempt: 2 }).get(cid))).to.equal('evidence/unknown-block');
    await evidence(id).pin(cid);
  });

  it('hashes what it reads again, and a block put again is whole again', async () => {
    const evidence = openEvidence(attemptsIn(folder, disk));
    const cid = await evidence(id).put('raw', bytes);
    await writeFile(join(folder, '7-1-1', cid.toString()), Uint8Array.of(3, 1, 4, 1, 6));
    expect(await codeOf(evidence(id).get(cid))).to.equal('evidence/damaged');
    await evidence(id).put('raw', bytes);
    expect(new Uint8Array(await evidence(id).get(cid))).to.deep.equal(bytes);
  });

  it('says so when the disk is full', async () => {
    const evidence = openEvidence(attemptsIn(folder, watchedDisk('write').watched));
    expect(await codeOf(evidence(id).put('raw', bytes))).to.equal('storage/full');
  });
});
