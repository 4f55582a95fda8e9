/**
 * Finds the blocks of a CAR file without reading them. protocol.md §6.1
 * Source: https://ipld.io/specs/transport/car/carv1/. Narrower than it: one root, and blocks of our two kinds
 * only, so that every length is bounded before anything of that length is read.
 */
import type { FileHandle } from 'node:fs/promises';
import { CID } from 'multiformats/cid';
import { TributaryError } from '#crypto/error.ts';
import { codecOf, decodeBlock, isLink, maximumBlockBytes, type DagValue } from '#protocol/dag.ts';

export type CarIndex = Readonly<{
  root: CID;
  /** By the CID's text: where the block's bytes are. */
  blocks: ReadonlyMap<string, Readonly<{ cid: CID; offset: number; length: number }>>;
}>;

/** CIDv1, codec, sha2-256, 32 bytes: each of the first four is one byte. */
const cidBytes = 36;
/** A header with one root has 58 bytes. */
const maximumHeaderBytes = 100;

/** @throws TributaryError `car/malformed`, `car/root` */
export async function indexCar(handle: FileHandle, name: string): Promise<CarIndex> {
  const { size } = await handle.stat();
  const header = await readLength(handle, 0, name);
  if (header.length > maximumHeaderBytes) throw malformed(name, 'its header is too long');
  const root = rootOf(await readExactly(handle, header.end, header.length, name), name);

  const blocks = new Map<string, { cid: CID; offset: number; length: number }>();
  let at = header.end + header.length;
  while (at < size) {
    const section = await readLength(handle, at, name);
    const length = section.length - cidBytes;
    if (length < 0 || length > maximumBlockBytes)
      throw malformed(name, `no block can have its size at byte ${at}`);
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

/** An unsigned LEB128 number of at most four bytes, which is more than a section can have. */
async function readLength(
  handle: FileHandle,
  at: number,
  name: string,
): Promise<{ length: number; end: number }> {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const [byte = 0] = await readExactly(handle, at + i, 1, name);
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, end: at + i + 1 };
  }
  throw malformed(name, `it says that something longer than a block follows at byte ${at}`);
}

function rootOf(bytes: Uint8Array, name: string): CID {
  const header = decodeHeader(bytes, name);
  const { version, roots } = Object(header) as Readonly<{ version?: DagValue; roots?: DagValue }>;
  if (version !== 1) throw malformed(name, 'it is not a CAR of version 1');
  const [root, ...more] = Array.isArray(roots) ? (roots as readonly DagValue[]) : [];
  if (!isLink(root) || more.length > 0) throw badRoot(name, 'it must have exactly one root');
  return root;
}

function decodeHeader(bytes: Uint8Array, name: string): DagValue {
  try {
    return decodeBlock(bytes);
  } catch (cause) {
    throw malformed(name, 'it does not begin as one', cause);
  }
}

function cidFrom(bytes: Uint8Array, name: string): CID {
  try {
    const cid = CID.decode(bytes);
    codecOf(cid);
    return cid;
  } catch (cause) {
    throw malformed(name, 'it holds a block of a kind that Tributary does not write', cause);
  }
}

const malformed = (name: string, why: string, cause?: unknown) =>
  new TributaryError('car/malformed', `${name} is not a CAR that can be used, ${why}: export it again`, {
    cause,
  });
const badRoot = (name: string, why: string) =>
  new TributaryError('car/root', `${name} can not be used, ${why}: export it again`);
