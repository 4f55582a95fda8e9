/** Evidence from a coordinator that nobody trusts: none of what it gives wrongly is kept, and no more taken than can be needed. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { exportCar } from '#datasets/car.ts';
import { writeBlock } from '#datasets/read-block.ts';
import { scratchStore } from '#datasets/scratch-store.ts';
import { type EvidenceLimit, evidenceLimit, fetchEvidence } from '#model/fetch-evidence.ts';
import { cidOf } from '#protocol/dag.ts';
import { domain, operatorKey } from '#test/support/cohort.ts';
import { removeFolder, temporaryFolder } from '#test/support/ipfs.ts';
import { failureOf } from '#test/ipfs/failure.ts';

type Pieces = () => AsyncGenerator<Uint8Array, void, undefined>;

describe('evidence from a coordinator', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'evidence.car');
  const id = { job: 7, round: 1, attempt: 1 };
  const store = scratchStore();
  let root: CID;
  let parts: Uint8Array[];
  let limit: EvidenceLimit;
  /** Requests so far, and whether the last one's answer is still wanted. */
  let asked = 0;
  let wanted: AbortSignal;

  before(async () => {
    const links: CID[] = [];
    for (const byte of [1, 2, 3, 4]) links.push(await store.put('raw', new Uint8Array(1_000).fill(byte)));
    root = await writeBlock(store, { links });
    parts = [];
    for await (const part of exportCar(store, root)) parts.push(part);
    limit = { bytes: parts.reduce((sum, { length }) => sum + length, 0), blocks: 5 };
  });
  afterEach(() => readdirSync(folder).forEach((name) => removeFolder(join(folder, name))));
  after(() => removeFolder(folder));

  const fetched = (pieces: Pieces, change: Partial<EvidenceLimit> = {}, of = root) =>
    fetchEvidence(
      file,
      of,
      { ...limit, ...change },
      {
        api: {
          evidence(_id, _request, expectedBytes, signal) {
            asked += 1;
            expect(expectedBytes).to.equal({ ...limit, ...change }.bytes);
            wanted = signal;
            return pieces();
          },
        },
        ...{ domain, id, key: operatorKey(0), now: () => 1_900_000_000 },
      },
    );
  /** The code of its failure, after which nothing is on disk, and the coordinator is told to stop. */
  async function codeOf(...of: Parameters<typeof fetched>): Promise<string> {
    const { code } = await failureOf(fetched(...of));
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(wanted.aborted).to.equal(true);
    return code;
  }
  const honest: Pieces = async function* () {
    yield* await Promise.resolve(parts);
  };

  it('is kept as it came, and fetched once', async () => {
    asked = 0;
    await fetched(honest);
    expect(readFileSync(file)).to.deep.equal(Buffer.concat(parts));
    await fetched(honest);
    expect(asked).to.equal(1);
  });

  it('is fetched again where its file is of another root, or damaged', async () => {
    asked = 0;
    for (const change of [(bytes: Buffer) => bytes.subarray(0, -1), () => Buffer.from('no CAR')]) {
      await fetched(honest);
      writeFileSync(file, change(readFileSync(file)));
    }
    await fetched(honest);
    expect(asked).to.equal(3);
    const other = await writeBlock(store, { other: true });
    const otherCar: Pieces = () => exportCar(store, other);
    await fetched(otherCar, {}, other);
    expect(readFileSync(file)).to.have.length.below(limit.bytes);
  });

  it('is waited for where it breaks off, however it does', async () => {
    const cut: Pieces = async function* () {
      yield* await Promise.resolve(parts.slice(0, -1));
    };
    const broken: Pieces = async function* () {
      yield* cut();
      throw new TributaryError('coordinator/unreachable', 'gone');
    };
    expect(await codeOf(cut)).to.equal('evidence/unreachable');
    expect(await codeOf(broken)).to.equal('coordinator/unreachable');
    expect(await codeOf(async function* () {})).to.equal('evidence/unreachable');
  });

  it('is refused where it is another’s, altered or longer', async () => {
    const wrong = cidOf('dag-cbor', Uint8Array.of(0xa0));
    expect(await codeOf(honest, {}, wrong)).to.equal('evidence/altered');
    const altered: Pieces = async function* () {
      for await (const part of honest()) yield part.length === 1_000 ? part.map((byte) => byte + 1) : part;
    };
    expect(await codeOf(altered)).to.equal('evidence/altered');
    const longer: Pieces = async function* () {
      yield* honest();
      yield Uint8Array.of(0);
    };
    expect(await codeOf(longer, { bytes: limit.bytes + 1 })).to.equal('evidence/altered');
  });

  it('is refused at the first byte or block too many, and an endless one no later', async () => {
    expect(await codeOf(honest, { bytes: limit.bytes - 1 })).to.equal('evidence/too-big');
    expect(await codeOf(honest, { blocks: 4 })).to.equal('evidence/too-big');
    let given = 0;
    // A block that says it is large, and then whatever comes.
    const endless: Pieces = async function* () {
      yield* parts.slice(0, 1);
      yield Uint8Array.of(0xa4, 0x80, 0x80, 0x02);
      yield root.bytes;
      for (;;) {
        given += 1_000;
        yield new Uint8Array(1_000);
        await Promise.resolve();
      }
    };
    expect(await codeOf(endless, { bytes: 100_000 })).to.equal('evidence/too-big');
    expect(given).to.be.within(99_000, 101_000);
  });

  it('can be as large as a job’s vectors, their manifests and the messages', () => {
    const parameters = { dimension: 1_000_000, bits: 16 };
    const manifest = { datasets: Array.from({ length: 100 }) };
    const most = evidenceLimit({ parameters, manifest } as never);
    expect(most).to.deep.equal({ bytes: 100 * 2_875_000 + 8 * 1024 * 1024, blocks: 1 + 100 * 4 });
  });
});
