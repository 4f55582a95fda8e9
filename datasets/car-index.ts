/** Finds the blocks of a CAR file without reading them. protocol.md §6.1 */
import type { FileHandle } from 'node:fs/promises';
import type { CID } from 'multiformats/cid';
import {
  assertHeaderLength,
  badRoot,
  blockLength,
  cidBytes,
  cidFrom,
  malformed,
  readLength,
  rootOf,
} from './car-format.ts';

export type CarIndex = Readonly<{
  root: CID;
  /** By the CID's text: where the block's bytes are. */
  blocks: ReadonlyMap<string, Readonly<{ cid: CID; offset: number; length: number }>>;
}>;

/** @throws TributaryError `car/malformed`, `car/root` */
export async function indexCar(handle: FileHandle, name: string): Promise<CarIndex> {
  const { size } = await handle.stat();
  const header = await lengthAt(handle, 0, name);
  assertHeaderLength(header.length, name);
  const root = rootOf(await readExactly(handle, header.end, header.length, name), name);

  const blocks = new Map<string, { cid: CID; offset: number; length: number }>();
  let at = header.end + header.length;
  while (at < size) {
    const section = await lengthAt(handle, at, name);
    const length = blockLength(section.length, name);
    const cid = cidFrom(await readExactly(handle, section.end, cidBytes, name), name);
    const offset = section.end + cidBytes;
    if (offset + length > size) throw malformed(name, 'it ends inside a block');
    blocks.set(cid.toString(), { cid, offset, length });
    at = offset + length;
  }
  if (!blocks.has(root.toString()))
    throw badRoot(name, `its root ${root.toString()} is not among its blocks`);
  return { root, blocks };
}

/** Reads exactly so many bytes. @throws TributaryError `car/malformed` if the file ends before */
export async function readExactly(
  handle: FileHandle,
  at: number,
  length: number,
  name: string,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await handle.read(bytes, have, length - have, at + have);
    if (bytesRead === 0) throw malformed(name, 'it ends too early');
    have += bytesRead;
  }
  return bytes;
}

async function lengthAt(
  handle: FileHandle,
  at: number,
  name: string,
): Promise<{ length: number; end: number }> {
  const byteAt = async (index: number) => (await readExactly(handle, at + index, 1, name))[0] ?? 0;
  const { length, bytes } = await readLength(byteAt, name);
  return { length, end: at + bytes };
}
