/**
 * A CAR as it arrives: a source that gives its blocks to whoever walks the same DAG, one at a time, and holds no other.
 * protocol.md §6.1
 */
import type { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { isBlockOf } from '#protocol/dag.ts';
import type { BlockSource } from './blockstore.ts';
import { ByteStream } from './byte-stream.ts';
import {
  assertHeaderLength,
  blockLength,
  cidBytes,
  cidFrom,
  malformed,
  readLength,
  rootOf,
} from './car-format.ts';

/** Its `get` takes the next block, which must be the one that is asked for. */
export type CarStream = BlockSource &
  Readonly<{
    root: CID;
    /** Takes the end of the CAR. @throws TributaryError `car/malformed` where more follows */
    finish(): Promise<void>;
  }>;

/**
 * Takes the header of a CAR whose blocks are in the order of `walk`, as `exportCar` writes it.
 *
 * @param name of the CAR, in errors
 * @throws TributaryError `car/malformed`, `car/root`, `car/cut-off` where it ends too early; its `get`:
 *   `car/malformed`, `car/cut-off`, `car/block-mismatch` for another block or other bytes; and what the pieces throw
 */
export async function openCarStream(pieces: AsyncIterable<Uint8Array>, name: string): Promise<CarStream> {
  const bytes = new ByteStream(pieces);
  const { length } = await nextLength(bytes, name);
  assertHeaderLength(length, name);
  return {
    root: rootOf(await exactly(bytes, length, name), name),
    get: (cid) => nextBlock(bytes, cid, name),
    async finish() {
      if (!(await bytes.isAtEnd())) throw malformed(name, 'it goes on after its last block');
    },
  };
}

async function nextBlock(bytes: ByteStream, cid: CID, name: string): Promise<Uint8Array> {
  const section = await nextLength(bytes, name);
  const length = blockLength(section.length, name);
  const found = cidFrom(await exactly(bytes, cidBytes, name), name);
  const wanted = cid.toString();
  if (found.toString() !== wanted) {
    throw mismatch(`${name} has block ${found.toString()} where ${wanted} should be`);
  }
  const block = await exactly(bytes, length, name);
  if (!isBlockOf(cid, block)) throw mismatch(`${name} has other bytes than those of ${wanted}`);
  return block;
}

const nextLength = (bytes: ByteStream, name: string) =>
  readLength(async () => (await exactly(bytes, 1, name))[0] ?? 0, name);

async function exactly(bytes: ByteStream, length: number, name: string): Promise<Uint8Array> {
  const taken = await bytes.take(length);
  if (taken) return taken;
  throw new TributaryError('car/cut-off', `${name} ends before its last block: get it again`);
}

const mismatch = (what: string) => new TributaryError('car/block-mismatch', `${what}: get it again`);
